"""Requests for access: asked, and answered by stewards."""
