"""The contact person's desk: her replies to the roll-up are told apart, checked, carried out once, and answered."""
