"""Figures of a round as SVG, drawn by our own code so that the same numbers give the same bytes."""
