"""Agreements from files, on the machine that the installation runs on: in the name of a person of the office."""

import tomllib
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

from pydantic import ValidationError

from exchange import agree
from exchange.services import Services
from schemas.access import Principal, TokenScope
from schemas.agreement import AgreementText, NewAgreement, NewText
from schemas.errors import Conflict, NotFound, Refused, Trouble
from storage import agreements, people

_EXAMPLES = "exchange.agree.examples"


def officer(services: Services, user: str) -> Principal:
    """A person acting for their own organisation, with all that their roles permit; `NotFound` when there is none."""
    with services.sessions.read() as session:
        who = people.acting(session, user, people.user(session, user).organisation)
    if who is None:
        raise NotFound(f"The user {user} has ended or has no role; name a person of the office.")
    return who.model_copy(update={"scopes": frozenset(TokenScope)})


def published(services: Services, who: Principal, path: Path) -> AgreementText:
    """The agreement in a TOML file, or where there is one of this id the file's text as its newest version."""
    try:
        new = _read(path.read_bytes(), path.name)
    except OSError as wrong:
        raise Refused(f"The file {path.name} cannot be read: {wrong.strerror}.") from wrong
    with services.sessions.read() as session:
        present = agreements.find(session, new.id)
    if present is None:
        return agree.publish(services, who, new)
    if (present.kind, present.title) != (new.kind, new.title):
        raise Conflict(
            f"There is an agreement {new.id} already: {present.kind.value}, '{present.title}'. Choose another id."
        )
    grace = new.grace_days or None
    text = NewText(text=new.text, terms=new.terms, on_new_version=new.on_new_version, grace_days=grace)
    return agree.renew(services, who, new.id, text)


def seeded(services: Services, who: Principal) -> list[str]:
    """Publish an example of each kind; ids of those that were not there before."""
    made = []
    for new in examples():
        with services.sessions.read() as session:
            there = agreements.find(session, new.id) is not None
        if not there:
            made.append(agree.publish(services, who, new).agreement)
    return made


def examples() -> Iterator[NewAgreement]:
    """The examples that come along, by id."""
    for one in sorted(files(_EXAMPLES).iterdir(), key=lambda file: file.name):
        if one.name.endswith(".toml"):
            yield _read(one.read_bytes(), one.name)


def _read(content: bytes, name: str) -> NewAgreement:
    try:
        return NewAgreement.model_validate(tomllib.loads(content.decode("utf-8")))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as wrong:
        raise Refused(f"{name} is no TOML in UTF-8: {wrong}.") from wrong
    except ValidationError as wrong:
        troubles = tuple(
            Trouble(pointer="".join(f"/{part}" for part in one["loc"]), message=one["msg"])
            for one in wrong.errors(include_url=False, include_input=False)
        )
        raise Refused(f"{name} is no agreement that can be published.", errors=troubles) from None
