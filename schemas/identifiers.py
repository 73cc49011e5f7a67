"""Ids: random, never sequential (a gap would tell that something is hidden); those that people type carry a check."""

import re
import secrets
from typing import Annotated

from pydantic import AfterValidator, Field

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXY"
"""31 signs (a prime, for the check character): no I, L, O, U, Z, which are misread."""

DATASET_PATTERN = r"^PLX-[0-9A-HJKMNP-TV-Y]{4}-[0-9A-HJKMNP-TV-Y]{4}$"
_REFERENCE = re.compile(r"^(PLX-[0-9A-Z]{4}-[0-9A-Z]{4})(?:@(\d{1,9})(?:\.b(\d{1,9}))?)?$")


_ORCID = r"^[0-9]{4}-[0-9]{4}-[0-9]{4}-[0-9]{3}[0-9X]$"


def _orcid(text: str) -> str:
    """ISO 7064 MOD 11-2, as ORCID uses it."""
    if re.fullmatch(_ORCID, text) is None:
        raise ValueError(f"'{text}' is no ORCID; write it like 0000-0002-1825-0097")
    total = 0
    for digit in text.replace("-", "")[:-1]:
        total = (total + int(digit)) * 2
    if "0123456789X"[(12 - total % 11) % 11] != text[-1]:
        raise ValueError(f"'{text}' has a wrong check character; compare it with the person's ORCID page")
    return text


Orcid = Annotated[str, Field(json_schema_extra={"pattern": _ORCID}), AfterValidator(_orcid)]
"""A person's ORCID, its check character verified."""


_ROR = r"^https://ror\.org/0[a-hj-km-np-tv-z0-9]{6}[0-9]{2}$"
_ROR_SIGNS = "0123456789abcdefghjkmnpqrstvwxyz"


def _ror(text: str) -> str:
    """ISO 7064 MOD 97-10 over the first seven signs, read as a number in base 32, as ROR makes its ids."""
    if re.fullmatch(_ROR, text) is None:
        raise ValueError(f"'{text[:80]}' is no ROR id; write it like https://ror.org/02mhbdp94")
    number = 0
    for sign in text[-9:-2]:
        number = number * 32 + _ROR_SIGNS.index(sign)
    if 98 - number * 100 % 97 != int(text[-2:]):
        raise ValueError(f"'{text}' has wrong check digits; compare it with the organisation's page at ror.org")
    return text


Ror = Annotated[str, Field(json_schema_extra={"pattern": _ROR}), AfterValidator(_ror)]
"""An organisation's ROR id, its check digits verified."""


OBJECT_PATTERN = r"^(CEL|LOT|PRO|EQP|MAT)-[0-9A-HJKMNP-TV-Y]{4}-[0-9A-HJKMNP-TV-Y]{4}$"


def _object(text: str) -> str:
    if re.fullmatch(OBJECT_PATTERN, text) is None:
        raise ValueError(f"'{text[:40]}' is no id of an object; write it like CEL-7Q4K-M2XG")
    if not _checks(text):
        raise ValueError(f"'{text}' has a wrong check character; compare it with the object's page")
    return text


ObjectId = Annotated[str, Field(json_schema_extra={"pattern": OBJECT_PATTERN}), AfterValidator(_object)]
"""Id of a cell, lot, protocol, piece of equipment or material that is registered on the platform, its check character
verified."""


def new_dataset_id() -> str:
    """A fresh dataset id such as `PLX-7Q4K-M2XD`: seven random characters (34 bits) and a check character."""
    return _fresh("PLX")


def new_object_id(prefix: str) -> str:
    """A fresh id of a registered object, made as those of datasets are; `prefix` is such as `CEL`."""
    return _fresh(prefix)


def new_id() -> str:
    """A fresh opaque id of 26 characters (128 random bits) for everything people do not type."""
    return "".join(secrets.choice(ALPHABET) for _ in range(26)).lower()


def is_dataset_id(text: str) -> bool:
    """True when the form and the check character are right."""
    if re.fullmatch(DATASET_PATTERN, text) is None:
        return False
    return _checks(text)


def parse_reference(text: str) -> tuple[str, int | None, int | None] | None:
    """`PLX-7Q4K-M2XD@2.b3` → (dataset id, version, build), parts left out are None; None when it is no reference."""
    match = _REFERENCE.fullmatch(text)
    if match is None or not is_dataset_id(match[1]):
        return None
    return match[1], int(match[2]) if match[2] else None, int(match[3]) if match[3] else None


def _fresh(prefix: str) -> str:
    body = "".join(secrets.choice(ALPHABET) for _ in range(7))
    letters = body + _check(body)
    return f"{prefix}-{letters[:4]}-{letters[4:]}"


def _checks(text: str) -> bool:
    letters = text[4:].replace("-", "")
    return _check(letters[:7]) == letters[7]


def _check(body: str) -> str:
    # Position-weighted sum modulo a prime: every single wrong character and every swap of neighbours is seen.
    total = sum((index + 1) * ALPHABET.index(letter) for index, letter in enumerate(body))
    return ALPHABET[total % len(ALPHABET)]
