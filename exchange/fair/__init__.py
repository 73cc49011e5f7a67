"""Exporters into the standards of others, one module per standard; pure."""
