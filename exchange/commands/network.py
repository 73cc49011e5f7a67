"""The commands `exchange network …`: organisations, people and tokens of this installation."""

from typing import Annotated

import typer

from exchange import terminal
from schemas.organisation import (
    Group,
    Line,
    NetworkRole,
    Organisation,
    OrganisationState,
    Role,
    Standing,
    User,
)

Reason = Annotated[str, typer.Option(help="Why; it stays in the organisation's history", prompt=True)]
network = typer.Typer(help="Organisations, people and tokens of this installation.", no_args_is_help=True)


@network.command("organisation")
def add_organisation(
    id: str,
    name: str,
    standing: Standing,
    country: Annotated[str, typer.Option(help="ISO 3166 code, such as DE")] = "",
    ror: Annotated[str | None, typer.Option(help="ROR id, such as https://ror.org/…")] = None,
) -> None:
    """Enter an organisation."""
    from exchange import enter

    one = enter.checked(Organisation, id=id, name=name, standing=standing, country=country, ror=ror)
    enter.organisation(terminal.settings(), one)
    typer.echo(f"{id} is entered as {standing.value}.")


@network.command("user")
def add_user(id: str, organisation: str, name: str, role: Role) -> None:
    """Enter a person of an organisation."""
    from exchange import enter

    enter.user(terminal.settings(), enter.checked(User, id=id, organisation=organisation, name=name), role)
    typer.echo(f"{id} is entered for {organisation} as {role.value}.")


@network.command("user-end")
def end_user(user: str) -> None:
    """Let a person in no more, and revoke all their tokens."""
    from exchange import enter

    revoked = enter.end_user(terminal.settings(), user)
    typer.echo(f"{user} has ended; tokens revoked: {revoked}.")


@network.command("member")
def set_member(
    user: str, organisation: str, roles: Annotated[str, typer.Argument(help="With commas; '' ends it")]
) -> None:
    """Give a person roles in an organisation, in place of those they had there."""
    from exchange import enter

    given = enter.member(terminal.settings(), user, organisation, roles)
    typer.echo(f"{user} is now {', '.join(sorted(given)) or 'nothing'} in {organisation}.")


@network.command("role")
def set_network_role(
    user: str, role: NetworkRole, take: Annotated[bool, typer.Option(help="Take it instead")] = False
) -> None:
    """Give a person a role for the network: office, auditor, vocabulary-editor."""
    from exchange import enter

    enter.network_role(terminal.settings(), user, role, take)
    typer.echo(f"{user} {'is no longer' if take else 'is now'} {role.value} of the network.")


@network.command("group-member")
def set_group_member(
    group: str,
    member: str,
    person: Annotated[bool, typer.Option(help="MEMBER is a person, not an organisation")] = False,
    out: Annotated[bool, typer.Option(help="Out of the group instead of into it")] = False,
) -> None:
    """An organisation, or a single person, into a group or out of it."""
    from exchange import enter

    enter.seat(terminal.settings(), group, member, person, out)
    typer.echo(f"{member} is {'no longer' if out else 'now'} in {group}.")


@network.command("admit")
def admit(organisation: str, reason: Reason) -> None:
    """Admit an organisation that has applied, is suspended or has left."""
    _bring_into(organisation, OrganisationState.ADMITTED, reason)


@network.command("suspend")
def suspend(organisation: str, reason: Reason) -> None:
    """Suspend an organisation: its people read its own data and nothing else, at once."""
    _bring_into(organisation, OrganisationState.SUSPENDED, reason)


@network.command("leave")
def leave(
    organisation: str,
    reason: Reason,
    withdraw: Annotated[bool, typer.Option(help="Withdraw what it has released and did not hand over")] = False,
) -> None:
    """Let an organisation go: memberships, tokens, seats and grants to it end; its data stay."""
    _bring_into(organisation, OrganisationState.LEFT, reason, withdraw)


def _bring_into(organisation: str, state: OrganisationState, reason: str, withdraw: bool = False) -> None:
    from exchange import enter

    enter.bring_into(terminal.settings(), organisation, state, reason, withdraw)
    typer.echo(f"{organisation} is {state.value}.")


@network.command("seed")
def seed() -> None:
    """Enter the network's expert groups; those there already stay as they are."""
    from exchange import enter

    entered = enter.seed(terminal.settings())
    typer.echo(f"Entered: {', '.join(entered) or 'nothing, all are there'}.")


@network.command("password-link")
def password_link(user: str) -> None:
    """Make a one-time link by which a person sets their password; it is shown this once, and earlier ones end."""
    from exchange import enter

    typer.echo(enter.password_link(terminal.settings(), user))


@network.command("line")
def add_line(
    id: str, organisation: str, name: str, time_zone: Annotated[str, typer.Option(help="IANA name: Europe/Berlin")]
) -> None:
    """Enter a pilot line of an organisation."""
    from exchange import enter

    enter.line(
        terminal.settings(), enter.checked(Line, id=id, organisation=organisation, name=name, time_zone=time_zone)
    )
    typer.echo(f"The line {id} is entered for {organisation}.")


@network.command("group")
def add_group(
    id: str, name: str, members: Annotated[str, typer.Option(help="Organisations' ids, with commas")]
) -> None:
    """Enter a group of organisations."""
    from exchange import enter

    organisations = sorted({one.strip() for one in members.split(",") if one.strip()})
    enter.group(terminal.settings(), enter.checked(Group, id=id, name=name, organisations=organisations))
    typer.echo(f"The group {id} is entered with {len(organisations)} organisations.")


@network.command("token")
def add_token(
    user: str,
    name: Annotated[str, typer.Option(help="What it is for")] = "command line",
    scopes: Annotated[str, typer.Option(help="Of read, upload, manage; with commas")] = "read",
    days: Annotated[int, typer.Option(min=1, max=366)] = 90,
) -> None:
    """Make a token for a person; it is shown this once."""
    from exchange import enter

    token, id = enter.token(terminal.settings(), user, name, scopes, days)
    typer.echo(token)
    typer.echo(f"id {id}")


@network.command("token-list")
def list_tokens(user: str) -> None:
    """The tokens that a person has or had."""
    from exchange import enter

    for one, state in enter.tokens(terminal.settings(), user):
        ends = one.expires_at.date().isoformat()
        typer.echo(f"{one.id}  {state}, ends {ends}  {','.join(one.scopes)}  {one.name}")


@network.command("token-revoke")
def revoke_token(token_id: Annotated[str, typer.Argument(help="As token and token-list show it")]) -> None:
    """End a token at once."""
    from exchange import enter

    typer.echo(f"The token {token_id} of {enter.revoke(terminal.settings(), token_id)} is revoked.")
