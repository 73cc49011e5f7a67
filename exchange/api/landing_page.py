"""The landing page of a dataset as HTML that needs no script: for people, and with its JSON-LD for search engines."""

from datetime import datetime
from functools import cache
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from exchange.api import pages
from exchange.fair import citation, facts, iris, schema_org, signposting, wording
from exchange.publishing.forms import FORMS, formats
from schemas.published import Published

_STYLE: Final = (
    pages.STYLE
    + """
.skip{position:absolute;left:-99rem}.skip:focus{position:static}.notice{border-left:4px solid var(--accent);
background:var(--soft);padding:.6rem 1rem}.cite{user-select:all;white-space:pre-wrap;overflow-wrap:anywhere}
dl{display:grid;grid-template-columns:minmax(8rem,max-content) 1fr;gap:.3rem 1.2rem}dt{font-weight:600}dd{margin:0;
overflow-wrap:anywhere}.prose{white-space:pre-line}@media(max-width:40rem){dl{display:block}dd{margin:0 0 .5rem}}
"""
)
POLICY: Final = pages.policy(_STYLE)
_IN_HEAD: Final = frozenset({"cite-as", "license", "author", "describedby", "item", "type"})


def html(shown: Published) -> str:
    """The whole page."""
    links = signposting.of_page(shown, formats(shown))
    return (
        _environment()
        .get_template("landing.html")
        .render(
            shown=shown,
            record=shown.record,
            style=Markup(_STYLE),  # our own
            json_ld=Markup(schema_org.embedded(shown)),  # cannot end its element
            links=[one for one in links if one.rel in _IN_HEAD],
            description=facts.description(shown),
            conditions=wording.conditions(shown),
            licence=facts.terms(shown),
            citation=citation.text(shown).strip(),
            forms=list(FORMS.values()),
            catalogue=wording.CATALOGUE,
            columns=_columns(shown),
            address=lambda id: iris.address(shown, id),
            orcid=lambda one: iris.person(one.orcid),
        )
    )


def _columns(shown: Published) -> list[tuple[str, str, str, str]]:
    """File, column, unit and IRI of every column that the reader may take."""
    return [(file.name, one.name, one.unit, one.iri) for file in shown.files for one in file.columns]


@cache
def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader("exchange.api"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {"size": _size, "day": _day}
    return made


def _size(count: int) -> str:
    """Bytes as people read them."""
    number = float(count)
    for unit in ("bytes", "kB", "MB", "GB"):
        if number < 1000 or unit == "GB":
            return f"{number:.0f} {unit}" if unit == "bytes" else f"{number:.1f} {unit}"
        number /= 1000
    raise AssertionError(count)


def _day(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d}" if at else ""
