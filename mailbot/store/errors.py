"""What can be wrong with the database itself; each message is one line that says what to do."""

from __future__ import annotations


class SchemaError(Exception):
    """The database isn't as this version of mailbot needs it, or can't do what was asked."""


class ViewError(SchemaError):
    """The public views can't be made anew: something else in the database stands on them."""


class ReaderError(SchemaError):
    """A role can't be made a reader."""
