"""Copies of the samples, damaged at random: read with problems or refused with a sentence, and no row is lost."""

import random
from pathlib import Path

import pytest

from ingest.detect import detect, head
from ingest.text.reader import TextReader
from schemas.errors import Unreadable
from schemas.ingested import Declared

FILES = Path(__file__).resolve().parents[1] / "files"
TEXTS = ("bdf.csv", "bdf_labels.csv", "arbin.csv", "maccor.txt", "maccor_european.csv")
PIECES = (b'"', b",", b";", b"\n", b"\t", b"\r", b"\x00", b"\xff", b"nan", b"1e999", b"--", b"\r\n\r\n", b"9" * 30)


def damaged(whole: bytes, chance: random.Random) -> bytes:
    content = bytearray(whole)
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(content) + 1)
        kind = chance.random()
        if kind < 0.3:
            content[at : at + 1] = bytes([chance.randrange(256)])
        elif kind < 0.5:
            del content[at : at + chance.randint(1, 40)]
        elif kind < 0.9:
            content[at:at] = chance.choice(PIECES)
        else:
            del content[at:]
    return bytes(content)


@pytest.mark.parametrize("name", TEXTS)
def test_a_damaged_text_is_read_with_its_lines_or_refused(tmp_path, name):
    chance = random.Random(name)
    whole = (FILES / name).read_bytes()
    read = refused = 0
    for _ in range(150):
        path = tmp_path / name
        path.write_bytes(damaged(whole, chance))
        seen = head(path, name)
        try:
            reader = detect(seen)
            assert isinstance(reader, TextReader)
            reading = TextReader(reader.layout, chance.choice([64, 333, 1 << 20])).read(seen, Declared())
            rows = sum(batch.num_rows for batch in reading.batches)
        except Unreadable as refusal:
            assert len(str(refusal)) > 20
            refused += 1
            continue
        read += 1
        lines = path.read_bytes().count(b"\n") + 1
        told = sum(problem.count for problem in reading.problems if problem.rule in ("row-ragged", "rows-lost"))
        assert reading.rows_in - told <= rows <= reading.rows_in
        assert reading.line_of(rows - 1) <= lines
    assert read > 20 and refused > 5
