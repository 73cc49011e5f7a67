"""Which decimal sign the numbers of a text file use, and which sign between their thousands."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from schemas.errors import Unreadable

_NUMERIC = re.compile(r"[+-]?\d[\d.,']*(?:[eE][+-]?\d+)?|[+-]?[.,]\d+(?:[eE][+-]?\d+)?")
_NAMES = {",": "comma", ".": "point"}


@dataclass(frozen=True)
class Decimals:
    """The signs inside numbers; `thousands` is empty where none are used."""

    decimal: str = "."
    thousands: str = ""


def decimals(rows: Iterable[Sequence[str]], delimiter: str, counts: Iterable[str] = ()) -> Decimals:
    """The decimal and thousands signs, from the cells of the data rows; `counts` are cells of whole numbers.

    Raises:
        Unreadable: it cannot be told, as when every comma stands before exactly three digits, or rows disagree.
    """
    numbers, whole = _numbers(cell for row in rows for cell in row), _numbers(counts)
    signs = _signs(numbers | whole, delimiter)
    alone = {text for text in numbers if _alone(text, signs)}
    if alone and not any(signs.thousands in text for text in whole) and not any(_proves(one, signs) for one in numbers):
        raise Unreadable(
            f"The decimal sign is ambiguous: other numbers have a decimal {_NAMES[signs.decimal]}, and nothing tells "
            f"whether “{min(alone)}” has one of its own or thousands. Export the file with one decimal sign."
        )
    return signs


def _numbers(texts: Iterable[str]) -> set[str]:
    return {text.strip() for text in texts if _NUMERIC.fullmatch(text.strip())}


def _alone(text: str, signs: Decimals) -> bool:
    """True for a number in which the thousands sign stands once and no decimal sign: 3.500 beside 1,5."""
    return bool(signs.thousands) and text.count(signs.thousands) == 1 and signs.decimal not in text


def _proves(text: str, signs: Decimals) -> bool:
    """True for a number that can only have thousands: 1.250,5 or 1.000.000."""
    return text.count(signs.thousands) > 1 or (signs.thousands in text and signs.decimal in text)


def _signs(numbers: set[str], delimiter: str) -> Decimals:
    comma = {text for text in numbers if "," in text} if delimiter != "," else set()
    dot = {text for text in numbers if "." in text}
    quoted = {text for text in numbers if "," in text} if delimiter == "," else set()
    comma |= quoted
    if not comma:
        grouped = any(_grouped(text, ".") for text in dot) and not any(_surely_decimal(text, ".", ",") for text in dot)
        return Decimals(",", ".") if grouped else Decimals()
    comma_decimal = {text for text in comma if _surely_decimal(text, ",", ".")}
    dot_decimal = {text for text in dot if _surely_decimal(text, ".", ",")}
    if comma_decimal and dot_decimal:
        raise Unreadable(
            f"The decimal sign is ambiguous: “{min(comma_decimal)}” reads as a decimal comma and "
            f"“{min(dot_decimal)}” as a decimal point. Export the file with one decimal sign."
        )
    if comma_decimal:
        return Decimals(",", "." if dot else "")
    if dot_decimal or any(_grouped(text, ",") for text in comma):
        return Decimals(".", ",")
    raise Unreadable(
        f"The decimal sign is ambiguous: “{min(comma)}” may be a decimal comma or a thousands separator, and no other "
        "number in the file tells which. Export the file with a decimal point or with more decimals."
    )


def _grouped(text: str, sign: str) -> bool:
    """True for a number of millions or more with this sign between its thousands."""
    return re.fullmatch(rf"[+-]?\d{{1,3}}(?:{re.escape(sign)}\d{{3}}){{2,}}", text) is not None


def _surely_decimal(text: str, sign: str, other: str) -> bool:
    """True when this sign can only be the decimal sign of this number."""
    if text.count(sign) != 1:
        return False
    if other in text:
        return text.rindex(sign) > text.rindex(other)
    whole, _, fraction = text.lstrip("+-").partition(sign)
    return re.fullmatch(r"\d{3}", fraction) is None or len(whole) > 3 or whole in ("", "0") or whole.startswith("0")
