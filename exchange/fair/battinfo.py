"""BattINFO as JSON-LD: cell, test and dataset in terms of EMMO's domain of batteries, under our own IRIs."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Final

from exchange.fair import emmo, facts, iris
from exchange.fair.facts import Json
from schemas.metadata import Metadata
from schemas.published import Published
from schemas.vocabulary import production

PROFILE: Final = "https://w3id.org/emmo/domain/battery"


def write(shown: Published) -> str:
    """What the reader may know of cell, test or production run, and the dataset that came of it."""
    graph = [_filled(one) for one in _nodes(shown)]
    return json.dumps({"@context": emmo.CONTEXT, "@graph": graph}, indent=2, ensure_ascii=False)


def cell_iri(shown: Published) -> str:
    """The cell that is registered here, else the one that this dataset tells of."""
    cell = shown.record.cell if shown.record else None
    return f"{shown.base_url}/objects/{cell.object}" if cell and cell.object else f"{shown.iri}#cell"


def _nodes(shown: Published) -> Iterator[Json]:
    record = shown.record
    yield _dataset(shown)
    if record and record.cell:
        yield _cell(shown, record)
    if record and record.test:
        yield _test(shown, record)
    if record and record.production:
        yield _production(shown, record)


def _dataset(shown: Published) -> Json:
    record = shown.record
    variables = [
        {
            "@type": "schema:PropertyValue",
            "schema:name": column.name,
            "schema:propertyID": {"@id": column.iri} if column.iri else None,
            "schema:unitText": column.unit,
        }
        for column in facts.columns(shown)
    ]
    people = [
        {"@type": "schema:Person", "@id": iris.person(one.orcid), "schema:name": one.name}
        for one in (record.creators if record else ())
    ]
    return {
        "@id": shown.landing,
        "@type": "schema:Dataset",
        "schema:name": shown.name,
        "schema:description": facts.description(shown),
        "schema:identifier": shown.cite_as,
        "schema:version": facts.version(shown),
        "schema:keywords": list(record.keywords) if record else [],
        "schema:inLanguage": record.language if record else None,
        "schema:license": {"@id": facts.terms(shown).iri},
        "schema:creator": [_filled(one) for one in people],
        "schema:publisher": {
            "@type": "schema:Organization",
            "@id": iris.publisher(shown),
            "schema:name": shown.publisher.name,
        },
        "schema:about": {"@id": cell_iri(shown)} if record and record.cell else None,
        "schema:variableMeasured": [_filled(one) for one in variables],
    }


def _cell(shown: Published, record: Metadata) -> Json:
    cell = record.cell
    assert cell is not None
    built = emmo.FORMATS.get(cell.specification.format or "") if cell.specification else None
    said = {
        "configuration": cell.configuration and cell.configuration.value,
        "chemistry of the positive electrode": cell.chemistry,
        "chemistry of the negative electrode": cell.negative_chemistry,
        "batch": cell.batch,
        "grade": cell.grade,
        "status": cell.status,
    }
    return {
        "@id": cell_iri(shown),
        "@type": ["BatteryCell", built] if built else "BatteryCell",
        "schema:name": cell.id,
        "schema:serialNumber": cell.serial,
        "schema:size": cell.specification.size if cell.specification else None,
        "schema:manufacturer": _organisation(cell.made_by),
        "schema:productionDate": _moment(cell.made_at),
        # The ontology has classes for some of these and not for others: none is guessed.
        "schema:additionalProperty": [
            {"@type": "schema:PropertyValue", "schema:name": name, "schema:value": value}
            for name, value in said.items()
            if value
        ],
        "hasProperty": emmo.quantities(record, emmo.OF_CELL),
    } | emmo.parts(record)


def _test(shown: Published, record: Metadata) -> Json:
    test = record.test
    assert test is not None
    used, asked = test.instrument, test.protocol
    return {
        "@id": f"{shown.iri}#test",
        "@type": ["BatteryTest", "schema:Action", "prov:Activity"],
        "schema:name": shown.name,
        "schema:additionalType": test.kind,
        "schema:measurementTechnique": " ".join(part for part in (asked.name, asked.version) if part)
        if asked
        else None,
        "schema:startTime": _moment(test.started_at),
        "schema:endTime": _moment(test.ended_at),
        "hasTestObject": {"@id": cell_iri(shown)} if record.cell else None,
        "hasTestEquipment": _filled(
            {
                "@type": "schema:Product",
                "@id": f"{shown.base_url}/objects/{used.object}" if used.object else f"{shown.iri}#instrument",
                "schema:name": used.name,
                "schema:manufacturer": _organisation(used.maker),
                "schema:model": used.model,
                "schema:serialNumber": used.serial,
            }
        )
        if used
        else None,
        "hasProperty": emmo.quantities(record, emmo.OF_TEST),
        "schema:result": {"@id": shown.landing},
    }


def _production(shown: Published, record: Metadata) -> Json:
    run = record.production
    assert run is not None
    known = production().steps
    steps = [
        {
            "@type": known[one.step].iri if one.step in known and known[one.step].iri else "prov:Activity",
            "schema:name": one.step,
            "schema:position": number,
            "schema:instrument": one.machine,
        }
        for number, one in enumerate(run.steps, 1)
    ]
    return {
        "@id": f"{shown.iri}#production",
        "@type": ["schema:Action", "prov:Activity"],
        "schema:name": run.run,
        "schema:startTime": _moment(run.started_at),
        "schema:endTime": _moment(run.ended_at),
        "schema:step": [_filled(one) for one in steps],
        "schema:result": {"@id": shown.landing},
    }


def _organisation(name: str | None) -> Json | None:
    return {"@type": "schema:Organization", "schema:name": name} if name else None


def _moment(at: datetime | None) -> Json | None:
    return {"@type": "xsd:dateTime", "@value": at.isoformat()} if at else None


def _filled(made: Json) -> Json:
    return {name: value for name, value in made.items() if value not in (None, "", [])}
