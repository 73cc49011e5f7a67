"""Organisations: ROR ids and countries that cannot be are refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from schemas.countries import countries
from schemas.identifiers import Ror
from schemas.organisation import Country

ROR, COUNTRY = TypeAdapter(Ror), TypeAdapter(Country)
KNOWN = ["02mhbdp94", "05gq02987", "00qjgza05", "03vek6s52", "02nv7yv05", "04aj4c181", "052gg0110"]


@pytest.mark.parametrize("id", KNOWN)
def test_ids_that_ror_gave_out_pass(id: str) -> None:
    assert ROR.validate_python(f"https://ror.org/{id}") == f"https://ror.org/{id}"


@given(id=st.sampled_from(KNOWN), at=st.integers(1, 8), sign=st.sampled_from("0123456789abcdefghjkmnpqrstvwxyz"))
def test_one_wrong_sign_is_seen(id: str, at: int, sign: str) -> None:
    wrong = id[:at] + sign + id[at + 1 :]
    if wrong != id:
        with pytest.raises(ValidationError):
            ROR.validate_python(f"https://ror.org/{wrong}")


@pytest.mark.parametrize("form", ["02mhbdp94", "http://ror.org/02mhbdp94", "https://ror.org/02MHBDP94", ""])
def test_another_form_is_refused(form: str) -> None:
    with pytest.raises(ValidationError, match="no ROR id"):
        ROR.validate_python(form)


def test_countries_are_those_of_iso_3166() -> None:
    assert COUNTRY.validate_python("DE") == "DE" and COUNTRY.validate_python("") == ""
    assert countries()["NO"] == "Norway" and len(countries()) == 249
    for wrong in ("UK", "de", "DEU", "ZZ"):
        with pytest.raises(ValidationError):
            COUNTRY.validate_python(wrong)
