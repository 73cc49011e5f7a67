"""Who may do what: pure rules over the nouns of `schemas`."""
