"""HTML as mail clients and offices write it."""
