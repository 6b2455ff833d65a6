"""Everything that leaves: a durable queue in the store, and SMTP."""
