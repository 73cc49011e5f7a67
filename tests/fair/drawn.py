"""Random records and what of them is published, for round trips through a format."""

from datetime import UTC, datetime, timedelta, timezone

from hypothesis import strategies as st

from schemas.dataset import DatasetState
from schemas.metadata import DatasetKind, Metadata
from schemas.published import AccessRight, FileKind, Published, PublishedFile, PublishedVersion, Publisher
from schemas.record.people import Contributor, ContributorRole, Creator, Funding, Related, RelationType

# No signs that XML cannot hold, and no blanks at the ends, which Turtle and JSON keep but readers trim.
_SIGNS = st.characters(exclude_categories=("Cc", "Cs", "Zs", "Zl", "Zp", "Cn"))
texts = st.builds("{}{}".format, st.text(_SIGNS, min_size=1, max_size=12), st.sampled_from(["", " <&> \"x\" 'y'"]))
moments = st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=st.just(timezone(timedelta(hours=2))))
orcids = st.sampled_from([None, "0000-0002-1825-0097", "0000-0001-5109-3700"])
OF_ROR = {"https://ror.org/010nsgg66": "North Line", "https://ror.org/00jjx8s55": "A funder"}
rors = st.sampled_from([None, *OF_ROR])
licences = st.sampled_from([None, "CC-BY-4.0", "CC0-1.0", "Apache-2.0"])
languages = st.sampled_from([None, "en", "de", "de-AT", "fra"])
urls = st.sampled_from([None, "https://north.example/a?b=c&d=e", "https://cordis.europa.eu/project/id/101069765"])
related = st.builds(
    Related,
    relation=st.sampled_from(RelationType),
    id=st.sampled_from(["10.5281/zenodo.1234", "https://north.example/a?b=c&d=e", "PLX-0000-0000", "ISBN 3-16-148410"]),
)
creators = st.builds(Creator, name=texts, orcid=orcids, affiliation=st.none() | texts, ror=rors, agreed=st.just(True))
contributors = st.builds(
    Contributor, name=texts, orcid=orcids, role=st.sampled_from(ContributorRole), agreed=st.just(True)
)
funding = st.builds(Funding, funder=texts, ror=rors, grant=st.none() | texts, title=st.none() | texts, url=urls)


def _few(one: st.SearchStrategy[object]) -> st.SearchStrategy[tuple[object, ...]]:
    return st.lists(one, max_size=3, unique_by=repr).map(tuple)


records = st.builds(
    Metadata,
    title=texts,
    kind=st.sampled_from(DatasetKind),
    description=st.none() | texts,
    keywords=_few(texts),
    language=languages,
    creators=_few(creators),
    contributors=_few(contributors),
    funding=_few(funding),
    licence=licences,
    related=_few(related),
    created_at=st.none() | moments,
)


def with_one_name_each(record: Metadata) -> Metadata:
    """The same with a name for each ORCID and ROR id: in a graph somebody of two names has them both."""

    def person(one: Creator) -> Creator:
        work = {"affiliation": OF_ROR[one.ror]} if one.ror else {}
        return one.model_copy(update=work | ({"name": f"Person {one.orcid}"} if one.orcid else {}))

    return record.model_copy(
        update={
            "creators": tuple(person(one) for one in record.creators),
            "contributors": tuple(person(one) for one in record.contributors),
            "funding": tuple(
                one.model_copy(update={"funder": OF_ROR[one.ror]}) if one.ror else one for one in record.funding
            ),
        }
    )


def published(record: Metadata, **other: object) -> Published:
    """A released dataset with this record and one file, as its reader sees it."""
    base, now = "https://exchange.example", datetime(2026, 5, 4, 12, tzinfo=UTC)
    iri = f"{base}/datasets/PLX-7Q4K-M2XD"
    file = PublishedFile(
        kind=FileKind.RAW,
        name="a.csv",
        media_type="application/octet-stream",
        bytes=17,
        sha256="0" * 64,
        url=f"{iri}@2/raw/abc",
        created_at=now,
    )
    versions = tuple(PublishedVersion(number=one, iri=f"{iri}@{one}", released_at=now) for one in (1, 2))
    facts: dict[str, object] = {
        "id": "PLX-7Q4K-M2XD",
        "base_url": base,
        "iri": iri,
        "version": 2,
        "version_iri": f"{iri}@2",
        "title": record.title,
        "kind": record.kind,
        "state": DatasetState.RELEASED,
        "level": "raw",
        "publisher": Publisher(id="north", name="North Line", ror="https://ror.org/010nsgg66", country="DE"),
        "created_at": now,
        "released_at": now,
        "modified_at": now,
        "revision": 1,
        "access": AccessRight.OPEN,
        "record": record,
        "versions": versions,
        "files": (file,),
    }
    return Published.model_validate(facts | other)
