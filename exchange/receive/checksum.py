"""The checksum of one chunk, as the upload protocol's header announces it."""

import base64
import binascii
import hashlib
from dataclasses import dataclass

from schemas.errors import ChecksumMismatch, Refused

ALGORITHMS = ("sha1", "sha256", "md5")


@dataclass(frozen=True)
class Checksum:
    """An announced checksum of a chunk."""

    algorithm: str
    digest: bytes

    @staticmethod
    def of_header(text: str) -> "Checksum":
        """`sha1 <base64>` (tus 1.0, Upload-Checksum); `Refused` says what is wrong with it."""
        algorithm, _, encoded = text.strip().partition(" ")
        if algorithm not in ALGORITHMS:
            known = ", ".join(ALGORITHMS)
            raise Refused(f"Upload-Checksum names '{algorithm[:40]}'; this server knows {known}.")
        try:
            digest = base64.b64decode(encoded.strip(), validate=True)
        except (binascii.Error, ValueError) as wrong:
            raise Refused("Upload-Checksum is not an algorithm, a space and a digest in base64.") from wrong
        if len(digest) != hashlib.new(algorithm, usedforsecurity=False).digest_size:
            raise Refused(f"Upload-Checksum carries {len(digest)} bytes, which is no {algorithm} digest.")
        return Checksum(algorithm, digest)

    def start(self) -> "Running":
        """Begin to count bytes in."""
        return Running(self)


class Running:
    """A checksum over the bytes that have arrived so far."""

    def __init__(self, announced: Checksum) -> None:
        self._announced = announced
        # A guard against damage on the line, not against forgery: the whole file is checked by its SHA-256.
        self._hash = hashlib.new(announced.algorithm, usedforsecurity=False)

    def add(self, piece: bytes) -> None:
        self._hash.update(piece)

    def check(self) -> None:
        """`ChecksumMismatch` unless the bytes are those that were announced."""
        if self._hash.digest() != self._announced.digest:
            algorithm = self._announced.algorithm
            raise ChecksumMismatch(
                f"The chunk's {algorithm} is not the announced one; nothing was kept, send it again."
            )
