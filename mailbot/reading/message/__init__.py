"""The message: MIME, headers, transfer encodings, bodies."""
