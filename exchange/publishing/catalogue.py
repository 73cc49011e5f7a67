"""Catalogue: what the caller may list, as DCAT-AP, page by page."""

from urllib.parse import quote

from exchange import cursors
from exchange.fair import catalogue
from exchange.publishing import harvest
from exchange.publishing.harvest import Selection
from exchange.services import Services
from schemas.access import Principal
from schemas.organisation import Standing
from schemas.published import Publisher
from storage import people


def listed(services: Services, who: Principal, form: str, cursor: str | None) -> tuple[str, str | None]:
    """A page in `turtle` or `json-ld`, and the address of the one behind it."""
    after = cursors.opened(services.secret, cursor) if cursor else None
    limit = services.settings.harvest_page
    found = harvest.harvested(services, who, Selection(), after, limit, f"catalogue as {form}")
    base = services.settings.base_url.rstrip("/")
    next = None
    if found.after is not None:
        next = f"{base}/catalogue?cursor={quote(cursors.sealed(services.secret, found.after))}"
    return catalogue.write(base, form, _publisher(services), found.items, next), next


def _publisher(services: Services) -> Publisher | None:
    """The network's office, where one is entered."""
    with services.sessions.read() as session:
        office = [one for one in people.organisations(session) if one.standing is Standing.OFFICE]
    return Publisher(id=office[0].id, name=office[0].name, ror=office[0].ror) if office else None
