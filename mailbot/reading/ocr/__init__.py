"""Recognition of scanned and photographed pages: preparation, tables' lines, reading, confirmation."""
