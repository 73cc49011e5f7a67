"""Describe many: records from a sheet, or one field on many datasets, with a preview of all that changes."""

from exchange.describing.edit import apply as apply_edit
from exchange.describing.edit import preview as preview_edit
from exchange.describing.many import apply, preview

__all__ = ["apply", "apply_edit", "preview", "preview_edit"]
