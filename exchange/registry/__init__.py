"""Registry: objects with ids of their own, who sees them, and what ties them to data."""
