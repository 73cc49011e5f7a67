"""Notices: what lies beside data in a folder: the terms of use and how to cite (Citation File Format 1.2.0)."""

import yaml

from exchange.fair import facts, iris
from exchange.fair.facts import Json
from schemas.published import Published


def terms_of_use(shown: Published) -> str:
    """Under which terms the reader has the files, as plain text."""
    terms = facts.terms(shown)
    lines = [
        shown.name,
        f"{shown.cite_as}",
        "",
        f"Licence or terms: {terms.name}",
        f"Where they stand: {terms.iri}",
        f"Access: {facts.conditions(shown)}",
        f"From: {shown.publisher.name}",
        "",
        "What you were given besides under an agreement or a grant goes on to hold for these files.",
    ]
    return "\n".join(lines) + "\n"


def citation_file(shown: Published) -> str:
    """CITATION.cff. Whole names stand as `name`: which part is the family name is not guessed."""
    record = shown.record
    doi = shown.version_doi if shown.version else shown.doi
    people: list[Json] = []
    for one in record.creators if record else ():
        orcid = iris.person(one.orcid)
        people.append({"name": one.name} | ({"orcid": orcid} if orcid else {}))
    terms = facts.terms(shown)
    made: Json = {
        "cff-version": "1.2.0",
        "message": "If you use these data, please cite them as below.",
        "type": "dataset",
        "title": shown.name,
        "abstract": facts.description(shown),
        "authors": people or [{"name": shown.publisher.name}],
        "version": facts.version(shown),
        "date-released": facts.issued(shown).date(),
        "url": shown.landing,
        "doi": doi,
        "license": terms.spdx,
        "license-url": None if terms.spdx else terms.iri,
        "keywords": list(record.keywords) if record else [],
    }
    filled = {name: value for name, value in made.items() if value not in (None, [])}
    return yaml.safe_dump(filled, sort_keys=False, allow_unicode=True, width=100)
