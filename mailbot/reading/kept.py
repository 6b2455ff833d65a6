"""What is made of a campaign or a directory once, and asked for with every line of every mail."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import lru_cache
from typing import TypeVar

_Given = TypeVar("_Given")
_Made = TypeVar("_Made")
_KEPT = 8


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
