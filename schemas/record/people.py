"""Who made the data, who paid for it, whom to ask, and what else belongs to it."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from schemas.identifiers import Orcid, Ror
from schemas.record.field import CORE, NETWORK, Part, Text, described

Email = Annotated[str, Field(max_length=254, pattern=r"^[^@\s\x00-\x1f]+@[^@\s\x00-\x1f]+\.[^@\s\x00-\x1f]+$")]
Url = Annotated[str, Field(max_length=2000, pattern=r"^https?://[^\s\x00-\x1f<>\"{}|\\^`]+$")]


class ContributorRole(StrEnum):
    """What somebody did, in the words of DataCite's contributorType."""

    CONTACT_PERSON = "ContactPerson"
    DATA_COLLECTOR = "DataCollector"
    DATA_CURATOR = "DataCurator"
    DATA_MANAGER = "DataManager"
    DISTRIBUTOR = "Distributor"
    EDITOR = "Editor"
    HOSTING_INSTITUTION = "HostingInstitution"
    PRODUCER = "Producer"
    PROJECT_LEADER = "ProjectLeader"
    PROJECT_MANAGER = "ProjectManager"
    PROJECT_MEMBER = "ProjectMember"
    RELATED_PERSON = "RelatedPerson"
    RESEARCHER = "Researcher"
    RESEARCH_GROUP = "ResearchGroup"
    RIGHTS_HOLDER = "RightsHolder"
    SPONSOR = "Sponsor"
    SUPERVISOR = "Supervisor"
    WORK_PACKAGE_LEADER = "WorkPackageLeader"
    OTHER = "Other"


class RelationType(StrEnum):
    """How this dataset relates to another work, in the words of DataCite's relationType."""

    IS_CITED_BY = "IsCitedBy"
    CITES = "Cites"
    IS_SUPPLEMENT_TO = "IsSupplementTo"
    IS_SUPPLEMENTED_BY = "IsSupplementedBy"
    IS_CONTINUED_BY = "IsContinuedBy"
    CONTINUES = "Continues"
    IS_DESCRIBED_BY = "IsDescribedBy"
    DESCRIBES = "Describes"
    IS_PART_OF = "IsPartOf"
    HAS_PART = "HasPart"
    IS_REFERENCED_BY = "IsReferencedBy"
    REFERENCES = "References"
    IS_DOCUMENTED_BY = "IsDocumentedBy"
    DOCUMENTS = "Documents"
    IS_DERIVED_FROM = "IsDerivedFrom"
    IS_SOURCE_OF = "IsSourceOf"
    IS_REQUIRED_BY = "IsRequiredBy"
    REQUIRES = "Requires"
    IS_OBSOLETED_BY = "IsObsoletedBy"
    OBSOLETES = "Obsoletes"
    IS_IDENTICAL_TO = "IsIdenticalTo"


class Creator(Part, frozen=True, extra="forbid"):
    """A person who made the data, with ORCID where there is one."""

    name: Text = described("Given name and family name", CORE, iri="schema:name", example="Ada Lovelace", default=...)
    orcid: Orcid | None = described("ORCID", CORE, iri="schema:identifier", example="0000-0002-1825-0097")
    affiliation: Text | None = described(
        "Organisation for which the person worked", CORE, iri="schema:affiliation", example="TU Braunschweig"
    )
    ror: Ror | None = described(
        "ROR id of that organisation", CORE, iri="schema:identifier", example="https://ror.org/010nsgg66"
    )
    agreed: bool = described(
        "The person agrees to be named to the world; a citation outlives even the erasure of their account",
        CORE,
        why="a consent, not a property of the data",
        example=True,
        default=False,
    )


class Contributor(Creator, frozen=True, extra="forbid"):
    """Somebody who contributed in another way than making the data."""

    role: ContributorRole = described(
        "What they did, a contributorType of DataCite",
        CORE,
        iri="schema:roleName",
        default=ContributorRole.OTHER,
        example="DataCollector",
    )


class Contact(Part, frozen=True, extra="forbid"):
    """Whom to ask about the data."""

    name: Text | None = described("A person or an office", NETWORK, iri="schema:name", example="Battery test team")
    email: Email | None = described("An e-mail address", NETWORK, iri="schema:email", example="tests@north.example")


class Funding(Part, frozen=True, extra="forbid"):
    """Who paid for the work under which grant."""

    funder: Text = described("The funder's name", CORE, iri="schema:funder", example="European Commission", default=...)
    ror: Ror | None = described(
        "ROR id of the funder", CORE, iri="schema:identifier", example="https://ror.org/00k4n6c32"
    )
    grant: Text | None = described("Number of the grant", CORE, iri="schema:identifier", example="101069765")
    title: Text | None = described(
        "Title of the grant", CORE, iri="schema:name", example="Pilot lines for battery cells"
    )
    url: Url | None = described("Page of the grant", CORE, iri="schema:url", example="https://grants.example/101069765")


class Related(Part, frozen=True, extra="forbid"):
    """Another work that belongs to this dataset."""

    relation: RelationType = described(
        "How it relates, a relationType of DataCite",
        CORE,
        why="a word of DataCite, whose schema gives it no IRI",
        default=...,
        example="IsSupplementTo",
    )
    id: Text = described(
        "A DOI (10.…), a URL, or an id of this platform",
        CORE,
        iri="schema:identifier",
        example="10.5281/zenodo.1234",
        default=...,
    )
    title: Text | None = described("Its title", CORE, iri="schema:name", example="Protocol of the round robin")
