"""Publish: landing pages, exports in the formats of others, harvest and catalogue, each as one reader may see it."""
