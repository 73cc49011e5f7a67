"""The science of a round, pure: KPIs from a cell's tables. Knows no database and runs in a notebook."""
