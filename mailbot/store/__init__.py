"""The store: SQLAlchemy tables, sessions, the functions that the jobs call, and the public views."""
