"""Nouns of a round robin: what is planned, who takes part, what is handed in, what comes of it."""
