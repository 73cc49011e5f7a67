"""Examples of each kind of agreement that the network has on paper, for counsel to replace."""
