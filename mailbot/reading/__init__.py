"""READ: pure; bytes, campaign and directory in, an Interpretation out. No clock, no database, no network."""
