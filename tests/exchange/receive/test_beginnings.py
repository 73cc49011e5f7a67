"""However a file arrives in pieces, its hash is that of the whole, and a shorter one it begins with is found."""

import hashlib

from hypothesis import given
from hypothesis import strategies as st

from exchange.receive.beginnings import CUT_LINE_BYTES, HEAD_BYTES, Beginnings
from schemas.dataset import Continued
from storage.growth import Shorter


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def read(content: bytes, cuts: list[int], *shorter: Shorter) -> Beginnings:
    asked: list[str] = []

    def look_up(head: str) -> list[Shorter]:
        asked.append(head)
        return list(shorter)

    found, at = Beginnings(look_up), 0
    for end in [*sorted(cuts), len(content)]:
        found.add(content[at:end])
        at = end
    assert found.finish() == sha256(content) and found.count == len(content)
    assert asked == [sha256(content[:HEAD_BYTES])]
    return found


def kept(content: bytes, dataset: str = "D") -> Shorter:
    marks = read(content, []).marks
    return Shorter(dataset, 1, len(content), sha256(content), marks.lines_bytes, marks.lines_sha256)


@given(st.binary(max_size=300), st.integers(1, 3000), st.data())
def test_any_beginning_is_found_however_the_pieces_fall(seed: bytes, times: int, data: st.DataObject) -> None:
    whole = (seed or b"x\n") * times
    length = data.draw(st.integers(1, max(1, len(whole) - 1)))
    cuts = data.draw(st.lists(st.integers(0, len(whole)), max_size=6))
    found = read(whole, cuts, kept(whole[:length]))
    assert found.continued == Continued(dataset="D", version=1, bytes=length)
    other = bytes([whole[0] ^ 1]) + whole[1:length]
    assert read(whole, cuts, kept(other)).continued is None


def test_a_cut_last_line_is_left_out_of_the_comparison_in_texts_alone() -> None:
    lines = b"1,2\n3,4\n"
    assert read(lines + b"5,6\n", [], kept(lines + b"5,x")).continued == Continued(dataset="D", version=1, bytes=8)
    assert read(b"\0" + lines + b"5,6\n", [], kept(b"\0" + lines + b"5,x")).continued is None
    far = kept(lines + b"5" * (CUT_LINE_BYTES + 1))
    assert read(lines + b"6" * (2 * CUT_LINE_BYTES), [], far).continued is None


def test_the_first_of_those_that_fit_is_named() -> None:
    whole = b"a\n" * 100
    found = read(whole, [], kept(b"b\n", "A"), kept(b"a\n" * 3, "B"), kept(b"a\n" * 50, "C"))
    assert found.continued == Continued(dataset="B", version=1, bytes=6)
