"""The command line: `exchange demo | serve | work | migrate | network …`."""

import sys
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError

from exchange.log import configure
from exchange.settings import Settings
from schemas.errors import ExchangeError
from schemas.organisation import Group, Line, Organisation, Role, Standing, User

app = typer.Typer(
    help="Exchange of battery test data between pilot lines.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
network = typer.Typer(help="Organisations, people and tokens of this installation.", no_args_is_help=True)
app.add_typer(network, name="network")
template = typer.Typer(help="Templates to fill in, made from the vocabulary.", no_args_is_help=True)
app.add_typer(template, name="template")


@app.command()
def demo(
    files: Annotated[list[Path] | None, typer.Option(help="Own exports instead of generated ones")] = None,
    more: Annotated[list[Path] | None, typer.Argument(help="More of them", metavar="[PATH]...")] = None,
    once: Annotated[bool, typer.Option(help="End when the story is told")] = False,
    database: Annotated[str | None, typer.Option(help="postgresql://… instead of SQLite")] = None,
    store: Annotated[str | None, typer.Option(help="s3://host:port/bucket?secure=… instead of a folder")] = None,
    port: Annotated[int, typer.Option(help="A free one is taken when this is not")] = 8000,
) -> None:
    """Three pilot lines upload, share and compare, through the running API."""
    from exchange.demo.run import demonstrate

    configure("WARNING")
    given = [*(files or []), *(more or [])]
    absent = [str(path) for path in given if not path.is_file()]
    if absent:
        raise typer.BadParameter(f"no such file: {', '.join(absent)}")
    settings = _settings()
    changes = {"database_url": database, "store_url": store}
    settings = settings.model_copy(update={name: value for name, value in changes.items() if value})
    demonstrate(settings, given, once=once, port=port, say=typer.echo)


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="Address to listen on")] = "127.0.0.1",
    port: Annotated[int, typer.Option()] = 8000,
) -> None:
    """The API; on SQLite with the worker inside, on PostgreSQL beside `exchange work`."""
    from threading import Thread

    from exchange.app import create_app
    from exchange.serve import Server, configured
    from exchange.start import close_services, database_url, open_services, warn_of_silence
    from exchange.worker import start_in_process

    configure()
    settings = _settings()
    services = open_services(settings)
    stop = start_in_process(services, settings) if database_url(settings).startswith("sqlite") else None
    plan = configured(create_app(services))
    plan.host, plan.port = host, port
    # Beside it: whom a silent place keeps waiting is answered meanwhile.
    Thread(target=warn_of_silence, args=(services,), daemon=True).start()
    try:
        Server(plan).run()
    finally:
        if stop is not None:
            stop()
        close_services(services)


@app.command()
def work() -> None:
    """A worker that ingests what was uploaded; start as many as there are machines."""
    from exchange.worker import Worker

    configure()
    Worker(_settings()).run()


@app.command()
def migrate() -> None:
    """Bring the database to this version's schema; safe to run again."""
    from exchange.start import migrate_all

    migrate_all(_settings())
    typer.echo("The database has this version's schema.")


@app.command()
def reprocess(
    datasets: Annotated[
        list[str] | None, typer.Argument(help="PLX-… or PLX-…@2; none: all", metavar="[DATASET]...")
    ] = None,
    reader: Annotated[str | None, typer.Option(help="Only what this reader read, such as 'Maccor text'")] = None,
    reader_version: Annotated[str | None, typer.Option(help="… and in this version of it")] = None,
    all_: Annotated[bool, typer.Option("--all", help="Every file of the installation")] = False,
    dry_run: Annotated[bool, typer.Option(help="Only show what would change; nothing is kept")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object for each file")] = False,
) -> None:
    """Read files again with today's readers; earlier builds stay. Status 3 when a file that was ready is no longer."""
    from exchange.reprocess import Chosen, reprocess

    configure("WARNING")
    chosen = Chosen(tuple(datasets or ()), reader, reader_version)
    if (chosen == Chosen()) is not all_:
        raise typer.BadParameter("name datasets, or --reader, or else --all")
    found = reprocess(_settings(), chosen, dry_run=dry_run, say=lambda line: typer.echo(line, err=True))
    for one in found:
        typer.echo(one.model_dump_json() if as_json else "\n".join(one.lines()))
    if any(one.worse for one in found):
        raise typer.Exit(3)


@template.command("production")
def production_template(
    out: Annotated[Path, typer.Option(help="File to write; .xlsx or .csv decides which")] = Path("production.xlsx"),
) -> None:
    """The template for production data."""
    from exchange.template import production_csv, production_xlsx

    if out.suffix not in (".xlsx", ".csv"):
        raise typer.BadParameter(f"'{out.name}' ends neither in .xlsx nor in .csv", param_hint="--out")
    out.write_bytes(production_xlsx() if out.suffix == ".xlsx" else production_csv())
    typer.echo(f"{out} is written; fill it in and upload it into a dataset of the kind production-run.")


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
    enter.organisation(_settings(), one)
    typer.echo(f"{id} is entered as {standing.value}.")


@network.command("user")
def add_user(id: str, organisation: str, name: str, role: Role) -> None:
    """Enter a person of an organisation."""
    from exchange import enter

    enter.user(_settings(), enter.checked(User, id=id, organisation=organisation, name=name, role=role))
    typer.echo(f"{id} is entered for {organisation} as {role.value}.")


@network.command("user-end")
def end_user(user: str) -> None:
    """Let a person in no more, and revoke all their tokens."""
    from exchange import enter

    revoked = enter.end_user(_settings(), user)
    typer.echo(f"{user} has ended; tokens revoked: {revoked}.")


@network.command("line")
def add_line(
    id: str, organisation: str, name: str, time_zone: Annotated[str, typer.Option(help="IANA name: Europe/Berlin")]
) -> None:
    """Enter a pilot line of an organisation."""
    from exchange import enter

    enter.line(_settings(), enter.checked(Line, id=id, organisation=organisation, name=name, time_zone=time_zone))
    typer.echo(f"The line {id} is entered for {organisation}.")


@network.command("group")
def add_group(
    id: str, name: str, members: Annotated[str, typer.Option(help="Organisations' ids, with commas")]
) -> None:
    """Enter a group of organisations."""
    from exchange import enter

    organisations = sorted({one.strip() for one in members.split(",") if one.strip()})
    enter.group(_settings(), enter.checked(Group, id=id, name=name, organisations=organisations))
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

    token, id = enter.token(_settings(), user, name, scopes, days)
    typer.echo(token)
    typer.echo(f"id {id}")


@network.command("token-list")
def list_tokens(user: str) -> None:
    """The tokens that a person has or had."""
    from exchange import enter

    for one, state in enter.tokens(_settings(), user):
        ends = one.expires_at.date().isoformat()
        typer.echo(f"{one.id}  {state}, ends {ends}  {','.join(one.scopes)}  {one.name}")


@network.command("token-revoke")
def revoke_token(token_id: Annotated[str, typer.Argument(help="As token and token-list show it")]) -> None:
    """End a token at once."""
    from exchange import enter

    typer.echo(f"The token {token_id} of {enter.revoke(_settings(), token_id)} is revoked.")


def _settings() -> Settings:
    try:
        return Settings()
    except ValidationError as wrong:
        # The values may be secrets: only places and sentences are shown.
        for one in wrong.errors(include_input=False, include_url=False):
            typer.echo(
                f"EXCHANGE_{'_'.join(map(str, one['loc'])).upper()}: {one['msg'].removeprefix('Value error, ')}",
                err=True,
            )
        raise typer.Exit(2) from None


def main() -> None:
    """Run a command; a refusal is one sentence on standard error and exit status 1."""
    try:
        app()
    except ExchangeError as refusal:
        sys.stderr.write(f"{refusal.title}: {refusal.message}\n")
        for trouble in refusal.errors:
            sys.stderr.write(f"  {trouble.pointer}: {trouble.message} {trouble.hint}\n")
        raise SystemExit(1) from refusal


if __name__ == "__main__":
    main()
