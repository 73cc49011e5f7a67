"""One module per instrument family; they never import each other."""
