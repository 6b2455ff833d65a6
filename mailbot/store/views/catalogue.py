"""The list of the public views. A new view: one function in a module of this folder, one line here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Final

from mailbot.store.fields import Field, doubled
from mailbot.store.views.building import Fields, View
from mailbot.store.views.history import figure_history
from mailbot.store.views.messages import message_log, to_review
from mailbot.store.views.municipalities import municipality_summary, not_answered
from mailbot.store.views.standing import below_quota, current_figures
from mailbot.store.views.thermometer import thermometer

__all__ = ["VIEW_NAMES", "Field", "View", "check_names", "definitions"]

_VIEWS: Final[tuple[Callable[[Fields], View], ...]] = (
    current_figures,
    municipality_summary,
    not_answered,
    below_quota,
    to_review,
    message_log,
    figure_history,
    thermometer,
)

VIEW_NAMES: Final = tuple(view.__name__ for view in _VIEWS)


@lru_cache(maxsize=8)
def definitions(fields: tuple[Field, ...]) -> tuple[View, ...]:
    """The public views for the configured `fields`."""
    return tuple(view(Fields.of(fields)) for view in _VIEWS)


def check_names(fields: Sequence[Field]) -> None:
    """Raise `ValueError` where a field's name is already that of another column."""
    for view in definitions(tuple(fields)):
        if taken := doubled([column.name for column in view.columns]):
            raise ValueError(f"these names of fields are taken in the view {view.name}: {taken}")
