"""The public views: what people query. The same names, columns, order and results on SQLite and Postgres.

They are built from the configured fields (a column for each), so a new field needs no migration: `refresh` creates
them anew when their definition has changed. Each is one function in a module of this folder, listed in `catalogue`.
"""

from mailbot.store.fields import Field, active_fields, fields_of
from mailbot.store.views.catalogue import VIEW_NAMES, View, check_names, definitions
from mailbot.store.views.creation import drop, read, refresh, rows

__all__ = [
    "VIEW_NAMES",
    "Field",
    "View",
    "active_fields",
    "check_names",
    "definitions",
    "drop",
    "fields_of",
    "read",
    "refresh",
    "rows",
]
