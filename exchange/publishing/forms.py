"""Forms: every format in which a dataset is exported, by name; one line for each, its writer in `exchange.fair`."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from exchange.agree import offer
from exchange.fair import (
    battinfo,
    battinfo_records,
    citation,
    croissant,
    datacite,
    datacite_xml,
    datapackage,
    dcat,
    prov,
    ro_crate,
    schema_org,
    signposting,
)
from exchange.publishing.gather import gathered
from exchange.services import Services
from schemas.access import Exit, Principal
from schemas.errors import NotFound
from schemas.published import Published
from storage import catalogue


@dataclass(frozen=True)
class Form:
    """A format: its name in addresses, what people call it, media type, the profile it follows, its writer.

    `described` is False for what is no description of the dataset, and is not pointed to as one. `asked` writes it
    where more has to be asked than what is shown of the dataset.
    """

    name: str
    title: str
    media_type: str
    write: Callable[[Published], str] | None
    profile: str = ""
    described: bool = True
    asked: Callable[[Services, Principal, Published], str] | None = None


def _own(shown: Published) -> str:
    return shown.model_dump_json(indent=2, exclude_none=True)


def _linkset_json(shown: Published) -> str:
    return signposting.as_json(shown, formats(shown))


def _linkset(shown: Published) -> str:
    return signposting.as_text(shown, formats(shown))


def _offer(services: Services, who: Principal, shown: Published) -> str:
    with services.sessions.read() as session:
        found = catalogue.find(session, shown.id)
    assert found is not None  # The guard has let it out.
    return json.dumps(offer.shown(services, who, found), indent=1, ensure_ascii=False)


_LD: Final = "application/ld+json"
FORMS: Final[dict[str, Form]] = {
    one.name: one
    for one in (
        Form("schema.org", "schema.org", _LD, schema_org.text, "https://schema.org/Dataset"),
        Form("json", "The platform's own record", "application/json", _own, "urn:plx:published"),
        Form("datacite.json", "DataCite 4.5 JSON", "application/vnd.datacite.datacite+json", datacite.write),
        Form("datacite.xml", "DataCite 4.5 XML", "application/vnd.datacite.datacite+xml", datacite_xml.write),
        Form("dcat.ttl", "DCAT-AP 3 as Turtle", "text/turtle", dcat.turtle, dcat.PROFILE),
        Form("dcat.jsonld", "DCAT-AP 3 as JSON-LD", _LD, dcat.json_ld, dcat.PROFILE),
        Form("prov.jsonld", "Provenance as PROV-O", _LD, prov.write, prov.PROFILE),
        Form("odrl.jsonld", "Terms of use as ODRL", _LD, None, "http://www.w3.org/ns/odrl/2/", asked=_offer),
        Form("ro-crate", "RO-Crate 1.1", _LD, ro_crate.write, ro_crate.PROFILE),
        Form("croissant", "Croissant 1.0", _LD, croissant.write, croissant.PROFILE),
        Form("datapackage", "Data Package 2.0", "application/json", datapackage.write, datapackage.PROFILE),
        Form("battinfo", "BattINFO JSON-LD", _LD, battinfo.write, battinfo.PROFILE),
        Form(
            "battinfo-records", "BattINFO records", "application/json", battinfo_records.write, battinfo_records.PROFILE
        ),
        Form("citation.txt", "Citation", citation.TEXT, citation.text),
        Form("citation.bib", "Citation for BibTeX", citation.BIBTEX, citation.bibtex),
        Form("citation.ris", "Citation for RIS", citation.RIS, citation.ris),
        Form("citation.csl.json", "Citation as CSL-JSON", citation.CSL, citation.csl),
        Form("linkset.json", "Links as JSON", signposting.LINKSET_JSON, _linkset_json, described=False),
        Form("linkset", "Links as text", signposting.LINKSET, _linkset, described=False),
    )
}
"""Where two share a media type, the first is what is meant by it."""


def formats(shown: Published) -> Sequence[signposting.Described]:
    """Where the dataset is described, in every format."""
    every = (one for one in FORMS.values() if one.described)
    return [signposting.Described(shown.export(one.name), one.media_type, one.profile) for one in every]


def exported(services: Services, who: Principal, reference: str, form: str) -> tuple[Form, Published, str]:
    """The dataset in a format, as far as the caller may see it; else `NotFound` or `Denied`."""
    if form not in FORMS:
        raise NotFound(f"There is no format '{form[:40]}'; there are {', '.join(FORMS)}.")
    shown = gathered(services, who, reference, Exit.EXPORT)
    return FORMS[form], shown, written(services, who, shown, FORMS[form])


def written(services: Services, who: Principal, shown: Published, form: Form) -> str:
    """What is shown of a dataset to a caller, in a format."""
    if form.asked is not None:
        return form.asked(services, who, shown)
    assert form.write is not None  # Each has one of the two.
    return form.write(shown)
