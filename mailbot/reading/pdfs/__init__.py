"""What reading a PDF takes: is it whole and of bearable size, what stands on a page, what goes on over pages."""
