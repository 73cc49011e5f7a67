"""Telling people: notifications in the application and by mail, as they may see things when they read."""
