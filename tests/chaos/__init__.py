"""Faults by the hundred, and what must hold under them."""
