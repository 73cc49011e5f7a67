"""What the uploader declares of a file that does not say so itself: its columns, their sign, its last row."""
