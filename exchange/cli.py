"""The command line: `exchange demo | serve | work | migrate | reprocess | validate | describe`, and groups."""

import json
from pathlib import Path
from typing import Annotated

import typer

from exchange import terminal
from exchange.commands.agreements import agreements
from exchange.commands.audit import audit
from exchange.commands.describe import describe
from exchange.commands.doi import doi
from exchange.commands.network import network
from exchange.commands.person import person
from exchange.commands.round import round
from exchange.commands.visibility import visibility
from exchange.log import configure
from schemas.access import Level, View
from schemas.errors import ExchangeError
from schemas.metadata import DatasetKind
from schemas.record.cell import CellConfiguration

app = typer.Typer(
    help="Exchange of battery test data between pilot lines.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(network, name="network")
app.add_typer(agreements, name="agreements")
app.add_typer(visibility, name="visibility")
app.add_typer(audit, name="audit")
app.add_typer(person, name="person")
app.add_typer(doi, name="doi")
app.add_typer(round, name="round")
app.command("describe")(describe)
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
    settings = terminal.settings()
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
    settings = terminal.settings()
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
    Worker(terminal.settings()).run()


@app.command()
def migrate() -> None:
    """Bring the database to this version's schema; safe to run again."""
    from exchange.start import migrate_all

    migrate_all(terminal.settings())
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
    found = reprocess(terminal.settings(), chosen, dry_run=dry_run, say=lambda line: typer.echo(line, err=True))
    for one in found:
        typer.echo(one.model_dump_json() if as_json else "\n".join(one.lines()))
    if any(one.worse for one in found):
        raise typer.Exit(3)


@app.command()
def validate(
    paths: Annotated[list[Path], typer.Argument(help="Files, or folders of them", exists=True, metavar="PATH")],
    record: Annotated[Path | None, typer.Option(help="Metadata record as JSON", exists=True, dir_okay=False)] = None,
    time_zone: Annotated[str | None, typer.Option(help="IANA name: Europe/Berlin")] = None,
    nominal_capacity_ah: Annotated[float | None, typer.Option()] = None,
    cell_configuration: Annotated[CellConfiguration | None, typer.Option()] = None,
    lower_voltage_v: Annotated[float | None, typer.Option()] = None,
    upper_voltage_v: Annotated[float | None, typer.Option()] = None,
    chemistry: Annotated[str | None, typer.Option(help="Of the positive electrode, or both: NMC622//graphite")] = None,
    cycles: Annotated[int | None, typer.Option(help="Cycles that the protocol asks for")] = None,
    out: Annotated[Path | None, typer.Option(help="Folder in which the tables are kept", file_okay=False)] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON list of all files")] = False,
) -> None:
    """What the platform would say of files, without a server. Status 3 when any has errors."""
    from exchange import validate as verb

    configure("WARNING")
    said = {
        "time_zone": time_zone,
        "cell.nominal_capacity_ah": nominal_capacity_ah,
        "cell.configuration": cell_configuration,
        "cell.chemistry": chemistry,
        "test.lower_voltage_v": lower_voltage_v,
        "test.upper_voltage_v": upper_voltage_v,
        "test.cycles": cycles,
    }
    try:
        declared = verb.declared(record, said)
    except ExchangeError as refusal:
        terminal.tell(refusal)
        raise typer.Exit(2) from None
    verdicts = []
    files = verb.files_of(paths)
    if not files:
        raise typer.BadParameter(f"no files in {', '.join(map(str, paths))}", param_hint="PATH")
    for one in verb.validate(files, declared, terminal.settings().child_memory_bytes, out):
        verdicts.append(one)
        if not as_json:
            typer.echo("\n".join(one.lines()))
    if as_json:
        typer.echo(json.dumps([one.plain() for one in verdicts], indent=2))
    bad = sum(1 for one in verdicts if not one.ingested.report.passed)
    if not as_json:
        typer.echo(f"{len(verdicts)} {'file' if len(verdicts) == 1 else 'files'}, {bad} with errors.")
    if bad:
        raise typer.Exit(3)


@app.command()
def explain(
    dataset: Annotated[str, typer.Argument(help="PLX-…", metavar="DATASET")],
    as_: Annotated[str | None, typer.Option("--as", help="What this organisation's viewers would be told")] = None,
    user: Annotated[str | None, typer.Option(help="What this person would be told")] = None,
    level: Annotated[str, typer.Option(help="The level that is wanted")] = "tables",
    view: Annotated[View, typer.Option(help="… in this view")] = View.FULL,
) -> None:
    """Who can reach a dataset and why; or why somebody can, or cannot. It is put on record."""
    from exchange import explain_here

    if as_ and user:
        raise typer.BadParameter("name an organisation or a person, not both")
    if level.upper() not in Level.__members__ or level.upper() == "NONE":
        raise typer.BadParameter(f"there is no level '{level}'", param_hint="--level")
    wanted = explain_here.Wanted(organisation=as_, user=user, level=Level[level.upper()], view=view)
    for line in explain_here.lines(terminal.settings(), dataset, wanted):
        typer.echo(line)


@template.command("production")
def production_template(
    out: Annotated[Path, typer.Option(help="File to write; .xlsx or .csv decides which")] = Path("production.xlsx"),
) -> None:
    """The template for production data."""
    from exchange.template import production_csv, production_xlsx

    if out.suffix not in (".xlsx", ".csv"):
        raise typer.BadParameter(f"'{out.name}' ends neither in .xlsx nor in .csv", param_hint="--out")
    _write(out, production_xlsx() if out.suffix == ".xlsx" else production_csv())
    typer.echo(f"{out} is written; fill it in and upload it into a dataset of the kind production-run.")


@template.command("metadata")
def metadata_template(
    kind: Annotated[DatasetKind, typer.Option(help="What the datasets are")] = DatasetKind.CELL_TEST,
    out: Annotated[Path, typer.Option(help="File to write; .xlsx, .csv, .yaml or .json")] = Path("metadata.xlsx"),
) -> None:
    """The template for metadata of many datasets."""
    from exchange.sheets.template import template as made
    from schemas.sheet import SheetForm

    endings = {f".{one.value}": one for one in SheetForm} | {".yml": SheetForm.YAML}
    if out.suffix not in endings:
        raise typer.BadParameter(f"'{out.name}' does not end in {', '.join(endings)}", param_hint="--out")
    _write(out, made(kind, endings[out.suffix]))
    typer.echo(f"{out} is written; fill it in and hand it to exchange describe.")


def _write(out: Path, content: bytes) -> None:
    try:
        out.write_bytes(content)
    except OSError as wrong:
        raise typer.BadParameter(f"'{out}' cannot be written: {wrong.strerror}", param_hint="--out") from None


def main() -> None:
    """Run a command; a refusal is one sentence on standard error and exit status 1."""
    try:
        app()
    except ExchangeError as refusal:
        terminal.tell(refusal)
        raise SystemExit(1) from refusal


if __name__ == "__main__":
    main()
