"""Exports that are unfolded before they are read: nothing is left behind, and damage is told."""

import random
import tempfile
from pathlib import Path

import pytest

from ingest.detect import detect, head
from ingest.text.unfold import UnfoldedReader
from schemas.errors import Unreadable
from schemas.ingested import Declared
from tests.samples import FILES, read

UNFOLDED = ("landt_layers.csv", "neware_nested.csv", "novonix_quoted.csv", "basytec_spaces.txt")
PIECES = (b'"', b",", b"\n", b"\t", b"\r", b"\xff", b"nan", b"--", b"\r\n\r\n", b",,", b"9" * 30)


@pytest.fixture
def temporary(tmp_path, monkeypatch) -> Path:
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def opened(path: Path):
    seen = head(path, path.name)
    reader = detect(seen)
    assert isinstance(reader, UnfoldedReader)
    return reader.read(seen, Declared())


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("name", UNFOLDED)
def test_the_unfolded_copy_is_gone_once_the_file_is_read(temporary, name):
    reading = opened(FILES / name)
    assert list(temporary.iterdir())
    assert sum(batch.num_rows for batch in reading.batches) == reading.rows_in > 0
    assert not list(temporary.iterdir())


@pytest.mark.filterwarnings("error")
def test_the_unfolded_copy_of_a_refused_file_is_gone(temporary, tmp_path):
    path = tmp_path / "refused.csv"
    path.write_bytes((FILES / "basytec_spaces.txt").read_bytes().replace(b"[V]", b""))
    with pytest.raises(Unreadable):
        opened(path)
    assert not list(temporary.iterdir())


def test_a_file_that_needs_no_unfolding_is_not_copied(temporary):
    opened(FILES / "novonix.csv")
    assert not list(temporary.iterdir())


def test_a_line_without_end_is_refused(tmp_path):
    path = tmp_path / "endless.csv"
    with path.open("wb") as file:
        file.write((FILES / "novonix_quoted.csv").read_bytes() + b"1," * (9 * 1024 * 1024))
    with pytest.raises(Unreadable, match="longer than 16 MB"):
        opened(path)


def test_utf16_and_cp1252_are_unfolded_alike(tmp_path):
    text = (FILES / "digatron.csv").read_text()
    expected, _ = read("digatron.csv")
    for encoding, mark in (("utf-16-le", b"\xff\xfe"), ("cp1252", b""), ("utf-8", b"\xef\xbb\xbf")):
        path = tmp_path / f"{encoding}.csv"
        path.write_bytes(mark + text.replace("\n", "\r\n").encode(encoding))
        assert read(path)[0].equals(expected)


def test_a_byte_order_mark_before_a_quoted_header_is_no_part_of_it(tmp_path):
    rows = (FILES / "novonix_quoted.csv").read_text().partition("[Data]\n")[2]
    path = tmp_path / "marked.csv"
    path.write_bytes(b"\xef\xbb\xbf" + rows.encode())
    assert read(path)[0].equals(read("novonix_quoted.csv")[0])


@pytest.mark.parametrize("name", UNFOLDED)
def test_a_damaged_file_is_read_with_its_lines_or_refused(tmp_path, name):
    chance = random.Random(name)
    whole = (FILES / name).read_bytes()
    path = tmp_path / name
    read_well = refused = 0
    for _ in range(150):
        content = bytearray(whole)
        for _ in range(chance.randint(1, 3)):
            at = chance.randrange(len(content) + 1)
            content[at : at + chance.choice((0, 0, 1, 40))] = chance.choice(PIECES)
        path.write_bytes(content)
        seen = head(path, name)
        try:
            reading = detect(seen).read(seen, Declared())
            rows = sum(batch.num_rows for batch in reading.batches)
        except Unreadable as refusal:
            assert len(str(refusal)) > 20
            refused += 1
            continue
        read_well += 1
        told = sum(problem.count for problem in reading.problems if problem.rule in ("row-ragged", "rows-lost"))
        assert reading.rows_in - told <= rows <= reading.rows_in
        assert reading.line_of(rows - 1) <= content.count(b"\n") + 1
    assert read_well > 20 and refused > 5
