"""One module for each kind of attachment, and the explicit table of them."""
