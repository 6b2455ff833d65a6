"""WHO answers: municipalities and organisations, in texts and in addresses, and names that are one and the same."""
