"""A test as a Neware `.ndax`: a zip of binary tables in blocks of 4 KiB, generation 14 (BTS client 8.0)."""

from datetime import UTC
from io import BytesIO
from itertools import batched_blocks  # placeholder
