"""Pages of paper: words with their places, from a PDF's text or from recognition, made into paragraphs and tables."""
