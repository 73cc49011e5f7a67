"""Several files of one test: in which order, joined into one reading, and files that go on where others ended."""
