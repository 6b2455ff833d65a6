"""What is made once and asked for again: of a campaign or a directory with every line, of a cell's text in mail after mail."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import lru_cache
from typing import TypeVar

_Given = TypeVar("_Given")
_Made = TypeVar("_Made")
_KEPT = 8
_REMEMBERED = 2048
_SHORT = 160  # characters of a line, a heading, a cell: «Инстаграм», «Итого», «МБОУ «СОШ № 5»» come again and again


def remembered(make: Callable[[str], _Made]) -> Callable[[str], _Made]:
    """`make`, a pure function of a text, which remembers what it made of the short texts that it met last.

    Long ones seldom come twice, and would fill the memory. Some 2,000 short ones take half a megabyte.
    """
    of_short = lru_cache(maxsize=_REMEMBERED)(make)

    def given(text: str) -> _Made:
        return of_short(text) if len(text) <= _SHORT else make(text)

    return given


def kept(make: Callable[[_Given], _Made]) -> Callable[[_Given], _Made]:
    """`make` for frozen values: what it made is given again for the same object, and for an equal one.

    The object is known by what it is, not by what it holds: to hash and compare a directory of 45 municipalities takes
    longer than most of what is looked up in what was made of it. It is held here, so that its place in memory is no
    other object's.
    """
    of_equal = lru_cache(maxsize=_KEPT)(make)
    of_same: dict[int, tuple[_Given, _Made]] = {}
    making = threading.Lock()

    def given(value: _Given) -> _Made:
        found = of_same.get(id(value))
        if found is not None:
            return found[1]
        with making:
            if id(value) in of_same:
                return of_same[id(value)][1]
            made = of_equal(value)
            while len(of_same) >= _KEPT:
                del of_same[next(iter(of_same))]
            of_same[id(value)] = (value, made)
            return made

    return given
