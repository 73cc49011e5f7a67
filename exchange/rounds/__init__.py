"""Rounds: set up, hand in sealed, close, evaluate, report; the verbs of round robins."""
