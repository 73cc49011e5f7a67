"""Sharing: release, grants, templates, embargo, blocks, seals, third parties, hand-over: all that decides who may."""
