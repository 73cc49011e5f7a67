"""Bulk: change the sharing of many datasets at once, after a preview of who gains and who loses what."""

from exchange.sharing.bulk.change import apply, preview

__all__ = ["apply", "preview"]
