"""Filling in a record: what it lacks, what is wrong with it, and what could be suggested."""
