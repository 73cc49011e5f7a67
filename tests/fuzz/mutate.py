"""Ways in which a file goes wrong on its way: bytes, rows, columns, decimals, scales, encodings."""

import contextlib
import re
from collections.abc import Callable
from random import Random

Mutation = Callable[[bytes, Random], bytes]
_NUMBER = re.compile(rb"(?<![\d.:/-])-?\d+\.\d+(?![\d.:/-])")


def flip(content: bytes, chance: Random) -> bytes:
    """One to four bytes become others."""
    changed = bytearray(content)
    for _ in range(chance.randint(1, 4)):
        changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


def cut(content: bytes, chance: Random) -> bytes:
    """The end is missing."""
    return content[: chance.randrange(1, len(content))]


def hole(content: bytes, chance: Random) -> bytes:
    """Up to 200 bytes in the middle are missing."""
    at = chance.randrange(len(content))
    return content[:at] + content[at + chance.randint(1, 200) :]


def digit(content: bytes, chance: Random) -> bytes:
    """One digit of one number becomes another: what no rule can know unless the value becomes absurd."""
    places = [found.start() for found in re.finditer(rb"\d", content)]
    at = chance.choice(places)
    return content[:at] + str(chance.randrange(10)).encode() + content[at + 1 :]


def decimals(content: bytes, chance: Random) -> bytes:
    """Every decimal point becomes a comma."""
    return _NUMBER.sub(lambda found: found[0].replace(b".", b","), content)


def point(content: bytes, chance: Random) -> bytes:
    """The decimal point of one number moves by one to three places."""
    numbers = list(_NUMBER.finditer(content))
    if not numbers:
        return digit(content, chance)
    one = chance.choice(numbers)
    value = float(one[0]) * 10.0 ** chance.choice([-3, -2, -1, 1, 2, 3])
    return content[: one.start()] + f"{value:.9g}".encode() + content[one.end() :]


def scale(content: bytes, chance: Random) -> bytes:
    """One column is in another unit than its heading says, in all rows or from one row on."""
    factor = chance.choice([1e-3, 1e3, 1 / 3600, 3600.0, 10.0, 0.1, 100.0, 0.01, -1.0])

    def do(cells: list[bytes], at: int) -> list[bytes]:
        with contextlib.suppress(ValueError, IndexError):
            cells[at] = repr(float(cells[at]) * factor).encode()
        return cells

    return _column(content, chance, do, whole=chance.random() < 0.7)


def swap(content: bytes, chance: Random) -> bytes:
    """The cells of two columns change places under headings that stay."""
    other = chance.randrange(20)

    def do(cells: list[bytes], at: int) -> list[bytes]:
        to = other % len(cells)
        if at >= len(cells):
            return cells
        cells[at], cells[to] = cells[to], cells[at]
        return cells

    return _column(content, chance, do, whole=True)


def duplicate(content: bytes, chance: Random) -> bytes:
    """A block of up to 20 rows stands there twice."""
    return _rows(content, chance, lambda block: block + block)


def drop(content: bytes, chance: Random) -> bytes:
    """A block of up to 20 rows is missing."""
    return _rows(content, chance, lambda block: [])


def reorder(content: bytes, chance: Random) -> bytes:
    """A block of up to 20 rows stands there from its end to its beginning."""
    return _rows(content, chance, lambda block: block[::-1])


def encode(content: bytes, chance: Random) -> bytes:
    """The text is written in another encoding or with other line ends."""
    try:
        text = content.decode()
    except UnicodeDecodeError:
        text = content.decode("latin-1")
    plain = text.replace("\r\n", "\n")
    ways: list[Callable[[], bytes]] = [
        lambda: text.encode("utf-16"),
        lambda: text.encode("utf-16-le"),
        lambda: text.encode("utf-8-sig"),
        lambda: text.encode("cp1252", "replace"),
        lambda: plain.replace("\n", "\r\n").encode(),
        lambda: plain.replace("\n", "\r").encode(),
        lambda: plain.replace("\n", "\n\n").encode(),
    ]
    return chance.choice(ways)()


BYTES: dict[str, Mutation] = {"flip": flip, "cut": cut, "hole": hole}
TEXT: dict[str, Mutation] = BYTES | {
    one.__name__: one for one in (digit, decimals, point, scale, swap, duplicate, drop, reorder, encode)
}


def _delimiter(lines: list[bytes]) -> bytes:
    return max((b"\t", b",", b";"), key=lambda sign: lines[-1].count(sign))


def _data(lines: list[bytes]) -> int:
    """The first line that begins like the last rows do: with as many cells, most of them numbers."""
    sign = _delimiter(lines)
    wanted = lines[-1].count(sign)
    for number, line in enumerate(lines):
        if line.count(sign) == wanted and sum(bool(re.match(rb"\s*-?\d", cell)) for cell in line.split(sign)) >= 3:
            return number
    return len(lines) - 1


def _split(content: bytes) -> tuple[list[bytes], bytes]:
    end = b"\r\n" if b"\r\n" in content else b"\n"
    return content.rstrip(b"\r\n").split(end), end


def _column(content: bytes, chance: Random, do: Callable[[list[bytes], int], list[bytes]], *, whole: bool) -> bytes:
    lines, end = _split(content)
    sign, first = _delimiter(lines), _data(lines)
    columns = [at for at, cell in enumerate(lines[first].split(sign)) if re.match(rb"\s*-?\d", cell)]
    if not columns:
        return flip(content, chance)
    at = chance.choice(columns)
    start = first if whole else chance.randrange(first, len(lines))
    changed = [sign.join(do(line.split(sign), at)) if line else line for line in lines[start:]]
    return end.join(lines[:start] + changed) + end


def _rows(content: bytes, chance: Random, do: Callable[[list[bytes]], list[bytes]]) -> bytes:
    lines, end = _split(content)
    first = _data(lines)
    start = chance.randrange(first, len(lines))
    stop = start + chance.randint(1, 20)
    return end.join(lines[:start] + do(lines[start:stop]) + lines[stop:]) + end
