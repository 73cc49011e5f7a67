"""What is derived from the rows of a running test: pieces of rows, and from these cycles, steps, rests and pulses."""
