"""WHAT is stated: numbers and their roles, labels, prose and tables read into statements, statements into rows."""
