"""Production data: from a filled-in template to values with their unit, and to the genealogy of what was made."""
