"""Countries by their two letters of ISO 3166-1, as the time zone database lists them."""

from functools import cache
from importlib.resources import files


@cache
def countries() -> dict[str, str]:
    """Usual English name by code; read from the public-domain table of the tzdata package."""
    table = files("tzdata.zoneinfo").joinpath("iso3166.tab").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in table.splitlines() if line and not line.startswith("#"))
    return dict(rows)


def known(code: str) -> str:
    """The code, when it is empty or some country's; else `ValueError`."""
    if code and code not in countries():
        raise ValueError("no country of ISO 3166")
    return code
