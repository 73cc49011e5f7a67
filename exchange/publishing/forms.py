"""Forms: every format in which a dataset is exported, by name; one line for each, its writer in `exchange.fair`."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from exchange.fair import croissant, datacite, datacite_xml, datapackage, ro_crate
from exchange.publishing.gather import gathered
from exchange.services import Services
from schemas.access import Exit, Principal
from schemas.errors import NotFound
from schemas.published import Published


@dataclass(frozen=True)
class Form:
    """A format: its name in addresses, what people call it, media type, the profile it follows, its writer."""

    name: str
    title: str
    media_type: str
    write: Callable[[Published], str]
    profile: str = ""


def _own(shown: Published) -> str:
    return shown.model_dump_json(indent=2, exclude_none=True)


_LD: Final = "application/ld+json"
FORMS: Final[dict[str, Form]] = {
    one.name: one
    for one in (
        Form("json", "The platform's own record", "application/json", _own, "urn:plx:published"),
        Form("datacite.json", "DataCite 4.5 JSON", "application/vnd.datacite.datacite+json", datacite.write),
        Form("datacite.xml", "DataCite 4.5 XML", "application/vnd.datacite.datacite+xml", datacite_xml.write),
        Form("ro-crate", "RO-Crate 1.1", _LD, ro_crate.write, ro_crate.PROFILE),
        Form("croissant", "Croissant 1.0", _LD, croissant.write, croissant.PROFILE),
        Form("datapackage", "Data Package 2.0", "application/json", datapackage.write, datapackage.PROFILE),
    )
}


def exported(services: Services, who: Principal, reference: str, form: str) -> tuple[Form, str]:
    """The dataset in a format, as far as the caller may see it; else `NotFound` or `Denied`."""
    if form not in FORMS:
        raise NotFound(f"There is no format '{form[:40]}'; there are {', '.join(FORMS)}.")
    return FORMS[form], FORMS[form].write(gathered(services, who, reference, Exit.EXPORT))
