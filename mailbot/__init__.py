"""mailbot: reads the replies to an authority's letter into validated records, and reports on them daily."""

__version__ = "0.1.0"
