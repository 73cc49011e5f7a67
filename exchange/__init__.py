"""What happens, in which order, for whom: the verbs and the doors."""
