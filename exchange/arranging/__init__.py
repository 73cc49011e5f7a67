"""Arranging: files of one test in order, files of several cells apart, findings accepted."""
