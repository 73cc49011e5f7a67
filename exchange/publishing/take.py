"""Take: the files of a dataset behind stable addresses, each time asked for anew."""

from collections.abc import Iterator

from exchange.delivery import deliver, link
from exchange.delivery.choose import Pin
from exchange.services import Services
from schemas.access import Principal
from schemas.delivery import Link
from schemas.errors import NotFound
from schemas.identifiers import parse_reference

_ENDING = ".parquet"
CSV = ".csv"


def table(services: Services, who: Principal, reference: str, name: str) -> Link:
    """A short-lived link to a table of the version's newest build; `name` is such as `timeseries.parquet`."""
    dataset, version = _pinned(reference)
    if not name.endswith(_ENDING):
        raise NotFound(f"There is no file '{name}' in {reference} that you may see.")
    return link.table_link(services, who, dataset, Pin(version), name.removesuffix(_ENDING))


def csv(services: Services, who: Principal, reference: str, name: str) -> tuple[str, Iterator[bytes]]:
    """File name and CSV bytes of the same table, made while they are sent; `name` is such as `timeseries.csv`."""
    dataset, version = _pinned(reference)
    return deliver.as_csv(services, who, dataset, Pin(version), name.removesuffix(CSV), deliver.Slice())


def raw(services: Services, who: Principal, reference: str, file: str) -> Link:
    """A short-lived link to a raw file."""
    dataset, version = _pinned(reference)
    return link.raw_link(services, who, dataset, version, file)


def _pinned(reference: str) -> tuple[str, int | None]:
    found = parse_reference(reference)
    if found is None:
        raise NotFound(f"There is no dataset {reference[:40]} that you may see.")
    return found[0], found[1]
