"""Text: charsets, folding, what is text at all."""
