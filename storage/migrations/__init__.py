"""Migrations, run by `storage.migrate`."""
