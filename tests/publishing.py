"""Datasets as one reader may see them, made up: for what writes and reads formats without any server."""

from datetime import UTC, datetime
from typing import Any

from hypothesis import strategies as st

from schemas.dataset import DatasetState
from schemas.ingested import Column
from schemas.metadata import DatasetKind, Metadata
from schemas.published import AccessRight, FileKind, Published, PublishedFile, PublishedVersion, Publisher
from schemas.record.people import Contributor, ContributorRole, Creator, Funding, Related, RelationType

BASE = "https://exchange.example.org"
AT = datetime(2026, 5, 4, 12, tzinfo=UTC)
ID = "PLX-7Q4K-M2XD"


def published(record: Metadata | None = None, **fields: Any) -> Published:
    """A released dataset in version 2 with two files, shown at level raw."""
    iri = f"{BASE}/datasets/{ID}"
    made: dict[str, Any] = {
        "id": ID,
        "base_url": BASE,
        "iri": iri,
        "version": 2,
        "version_iri": f"{iri}@2",
        "title": record.title if record else "Cell L05-C0231",
        "kind": record.kind if record else DatasetKind.CELL_TEST,
        "state": DatasetState.RELEASED,
        "level": "raw",
        "publisher": Publisher(id="north", name="North Line", ror="https://ror.org/02mhbdp94", country="DE"),
        "created_at": AT,
        "released_at": AT,
        "modified_at": AT,
        "revision": 3,
        "access": AccessRight.OPEN,
        "record": record,
        "versions": [PublishedVersion(number=one, iri=f"{iri}@{one}", released_at=AT) for one in (1, 2)],
        "files": [
            PublishedFile(
                kind=FileKind.TABLE,
                name="timeseries.parquet",
                media_type="application/vnd.apache.parquet",
                bytes=1000,
                sha256="a" * 64,
                url=f"{iri}@2/files/timeseries.parquet",
                created_at=AT,
                rows=10,
                columns=(Column(name="voltage_volt", type="double", unit="V", iri="https://example.org/voltage"),),
            )
        ],
    }
    return Published.model_validate(made | fields)


def texts(longest: int = 60) -> st.SearchStrategy[str]:
    """One line of anything that a record takes, what breaks out of formats among it."""
    hostile = st.sampled_from(
        ["</script><script>alert(1)</script>", "</script x", "<!-- <script ", "<!--",
         '"><img src=x>', "a{b}c\\d", "}}\\end", "{{ 7*7 }}", "&amp;",
         "% # $ _ ^ ~", "ER  - ", "‮evil", "Ö ß 電池", "line\u2028two", "]]>", "x, and y and z"]
    )  # fmt: skip
    anything = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=longest)
    return st.one_of(hostile, anything).filter(lambda text: bool(text.strip()))


def records() -> st.SearchStrategy[Metadata]:
    """Records whose common fields hold anything."""
    text = texts()
    orcids = st.sampled_from([None, "0000-0002-1825-0097"])
    rors = st.sampled_from([None, "https://ror.org/02mhbdp94"])
    people = st.builds(Creator, name=text, orcid=orcids, affiliation=st.none() | text, ror=rors, agreed=st.just(True))
    others = st.builds(
        Contributor,
        name=text,
        orcid=orcids,
        affiliation=st.none() | text,
        ror=rors,
        agreed=st.just(True),
        role=st.sampled_from(ContributorRole),
    )
    paid = st.builds(Funding, funder=text, ror=rors, grant=st.none() | text, title=st.none() | text)
    related = st.builds(Related, relation=st.sampled_from(RelationType), id=text, title=st.none() | text)

    def some(of: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
        return st.lists(of, max_size=3).map(tuple)

    return st.builds(
        Metadata,
        title=text,
        kind=st.sampled_from(DatasetKind),
        description=st.none() | texts(120),
        keywords=some(text),
        language=st.sampled_from([None, "en", "de"]),
        creators=some(people),
        contributors=some(others),
        funding=some(paid),
        related=some(related),
        licence=st.sampled_from([None, "CC-BY-4.0"]) | text,
    )
