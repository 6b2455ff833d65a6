"""What a section is, and the Jinja2 environment that all of them share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from mailbot.rollup import russian
from mailbot.rollup.facts import Facts

Context = Mapping[str, Any]

TEMPLATES = Path(__file__).parent.parent / "templates"


@dataclass(frozen=True, slots=True)
class Section:
    """One part of the roll-up, in both forms.

    `context` works out from the facts what `template` (Jinja2, autoescaped) shows; None leaves the section out.
    `text` gives the plain-text twin from the same facts, an empty string to leave it out.
    """

    name: str
    template: str
    context: Callable[[Facts], Context | None]
    text: Callable[[Facts], str]

    def html(self, facts: Facts) -> str:
        """The section's HTML before its styles are inlined."""
        context = self.context(facts)
        return "" if context is None else _compiled(self.template).render(context)


@cache
def environment() -> Environment:
    """Escapes everything that is not marked safe, and refuses a name that the context lacks."""
    env = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.filters["number"] = russian.number
    env.filters["day"] = russian.day
    env.filters["moment"] = russian.moment
    env.filters["cut"] = russian.cut
    return env


@cache
def _compiled(source: str) -> Template:
    return environment().from_string(source)
