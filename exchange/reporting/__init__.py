"""Reporting: what came of a round as figures, tables and documents; pure, the same input gives the same bytes."""
