"""What became of every real export beside the project, compared with what is independently known of it."""
