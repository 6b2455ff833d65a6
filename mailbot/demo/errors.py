"""Why the demonstration cannot be given."""

from __future__ import annotations


class DemoError(Exception):
    """Said in one Russian sentence."""
