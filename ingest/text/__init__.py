"""Text files: how they are written, what their headings mean, their cells as numbers, in chunks with flat memory."""
