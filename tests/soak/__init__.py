"""The soak: a real service beside a real Dovecot for an hour, a message each second. `make soak`."""
