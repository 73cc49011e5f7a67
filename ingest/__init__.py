"""What is in this file, and is it good: file in, tables and report out; no database, no network, no settings."""
