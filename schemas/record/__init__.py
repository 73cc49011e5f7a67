"""The parts of a metadata record: who, which cell, which test, which production, and how each field is described."""
