"""The command `exchange describe FILE`: records of many datasets from a sheet, on the machine of the installation."""

from pathlib import Path
from typing import Annotated

import typer

from exchange import terminal
from schemas.sheet import DatasetChange, SheetForm, SheetPreview

_ENDINGS = {f".{one.value}": one for one in SheetForm} | {".yml": SheetForm.YAML}


def describe(
    file: Annotated[Path, typer.Argument(help="A filled-in template", exists=True, dir_okay=False, metavar="FILE")],
    by: Annotated[str, typer.Option(help="Id of the person who answers for it")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would change; nothing is kept")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object")] = False,
) -> None:
    """Fill in and correct metadata of many datasets from a sheet. Status 3 when anything is wrong: nothing is kept."""
    from exchange import describing
    from exchange.agree import paper
    from exchange.start import close_services, open_services, reach

    form = _ENDINGS.get(file.suffix.lower())
    if form is None:
        raise typer.BadParameter(f"'{file.name}' does not end in {', '.join(_ENDINGS)}", param_hint="FILE")
    settings = terminal.settings()
    services = open_services(settings)
    try:
        reach(settings)
        who, content = paper.officer(services, by), file.read_bytes()
        found = describing.preview(services, who, content, form, file.name)
        typer.echo(found.model_dump_json(indent=2) if as_json else "\n".join(_lines(found)))
        if found.token is None:
            raise typer.Exit(3)
        if not dry_run:
            done = describing.apply(services, who, content, form, file.name, found.token)
            if done.created and not as_json:
                typer.echo(f"New drafts: {', '.join(done.created)}.")
    finally:
        close_services(services)


def _lines(found: SheetPreview) -> list[str]:
    lines = []
    for problem in found.problems:
        told = problem.told()
        lines.append(f"{told.message}" + (f" ({told.value})" if told.value else ""))
        lines += [f"    → {told.hint}"] if told.hint else []
    if found.problems:
        return [*lines, f"{len(found.problems)} problems; nothing is applied."]
    for one in found.datasets:
        lines += _told(one)
    return [*lines, f"{len(found.datasets)} datasets change, {found.unchanged} stay as they are."]


def _told(one: DatasetChange) -> list[str]:
    name = one.dataset or "new draft"
    lines = [f"{name}  {one.title or ''}".rstrip()]
    lines += [f"    {each.place}: {_shown(each.before)} → {_shown(each.after)}" for each in one.changes]
    lines += ["    its files are read again"] if one.read_again else []
    return lines + ([f"    told: {', '.join(one.readers_told)}"] if one.readers_told else [])


def _shown(value: object) -> str:
    return "–" if value is None else str(value)[:120]
