"""Placing: where each file stands in a bundle, under names that are safe on every system and stay apart."""

import re
import unicodedata
from typing import Final

from exchange.fair.ro_crate import Placed
from schemas.published import FileKind, Published

FOLDERS: Final = {FileKind.RAW: "data/raw", FileKind.TABLE: "data/tables"}
LONGEST: Final = 200
"""Bytes of a name; file systems end at 255, and an archive is unpacked into some folder."""
_UNSAFE: Final = re.compile(r'[\x00-\x1f\x7f-\x9f<>:"|?*\ud800-\udfff]')
_DEVICES: Final = re.compile(r"^(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)


def placed(shown: Published) -> list[Placed]:
    """Every file that the reader may take, with its path; no two paths differ by case alone."""
    taken: set[str] = set()
    found: list[Placed] = []
    for one in shown.files:
        path = _apart(f"{FOLDERS[one.kind]}/{safe(one.name)}", taken)
        taken.add(path.casefold())
        found.append(Placed(one, path))
    return found


def safe(name: str) -> str:
    """A file name without folders, and without what Windows, macOS or a shell would trip over."""
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    plain = _UNSAFE.sub("_", "_".join(last.split())).strip(" ._-") or "file"
    plain = f"_{plain}" if _DEVICES.match(plain) else plain
    stem, dot, ending = plain.rpartition(".")
    if not dot or len(ending) > 16:
        stem, dot, ending = plain, "", ""
    return _cut(stem, LONGEST - len(dot + ending)) + dot + ending


def _cut(text: str, most: int) -> str:
    return text.encode()[:most].decode(errors="ignore")


def _apart(path: str, taken: set[str]) -> str:
    stem, dot, ending = path.rpartition(".")
    if "/" in ending or not dot:
        stem, dot, ending = path, "", ""
    number, free = 1, path
    while free.casefold() in taken:
        number += 1
        free = f"{stem}-{number}{dot}{ending}"
    return free
