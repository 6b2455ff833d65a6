"""What several office formats share: containers, flowing documents, workbooks."""
