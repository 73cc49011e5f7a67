"""Behaviour through the public doors, on real servers."""
