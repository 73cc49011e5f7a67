"""Bundle: datasets as an archive, each a valid RO-Crate with exactly the files that the reader may take."""

import json
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from exchange.delivery import choose, deliver, link
from exchange.delivery.choose import Pin
from exchange.delivery.zipped import MANIFEST, Folder, Packed, zipped
from exchange.fair import battinfo, croissant, datapackage, facts, notices, ro_crate
from exchange.fair.ro_crate import Beside, Placed
from exchange.publishing.gather import gathered
from exchange.publishing.placing import placed
from exchange.services import Services
from schemas.access import Exit, Principal
from schemas.identifiers import parse_reference
from schemas.published import FileKind, Published

CSV_VALUES: Final = 1_000_000
"""Tables of at most so many values come as CSV, too, where nothing else is said."""


def bundle(
    services: Services, who: Principal, references: Sequence[str], csv: bool | None = None
) -> tuple[str, Iterator[bytes]]:
    """File name and archive; several datasets have a folder each. `NotFound` or `Denied` when one may not be seen.

    Each file is asked for at the guard when its turn comes: a right that ends meanwhile breaks the archive off.
    """
    every = [gathered(services, who, one, Exit.EXPORT) for one in dict.fromkeys(references)]
    several = len(every) > 1
    folders = (_Crate(services, who, one, csv).folder(_name(one) if several else "") for one in every)
    return f"{'datasets' if several else _name(every[0])}.zip", zipped(folders)


def _name(shown: Published) -> str:
    return f"{shown.id}_v{shown.version}" if shown.version is not None else shown.id


class _Crate:
    """One dataset's folder, put together for one reader."""

    def __init__(self, services: Services, who: Principal, shown: Published, csv: bool | None) -> None:
        self._services, self._who, self._shown = services, who, shown
        self._files = placed(shown)
        values = sum((one.rows or 0) * len(one.columns) for one in facts.tables(shown))
        self._csv = self._tables() if (values <= CSV_VALUES if csv is None else csv) else []

    def folder(self, name: str) -> Folder:
        return Folder(name, self._packed(), self._services.now())

    def _packed(self) -> Iterator[Packed]:
        now, shown = self._services.now(), self._shown
        said = self._said()
        beside = [one for one, _ in said]
        beside += [Beside(self._path(one), f"{one.file.name} as CSV", datapackage.CSV) for one in self._csv]
        beside.append(Beside(MANIFEST, "Checksums of all files, as sha256sum checks them", "text/plain"))
        crate = ro_crate.text(shown, self._files, beside).encode()
        yield Packed(ro_crate.NAME, [crate], now)
        for one, content in said:
            yield Packed(one.path, _late(content), now)
        for each in self._files:
            take, file = self._raw if each.file.kind is FileKind.RAW else self._table, each.file
            yield Packed(each.path, take(each), file.created_at, file.sha256, file.bytes)
        for each in self._csv:
            yield Packed(self._path(each), self._as_csv(each), each.file.created_at)

    def _said(self) -> list[tuple[Beside, Callable[[], str]]]:
        """Everything that tells of the data, and how it is made."""
        shown = self._shown
        made = [
            (Beside("LICENSE.txt", "Terms of use", "text/plain"), lambda: notices.terms_of_use(shown)),
            (Beside("CITATION.cff", "How to cite", "application/yaml"), lambda: notices.citation_file(shown)),
            (
                Beside(datapackage.NAME, "Data Package of the tables", "application/json", datapackage.PROFILE),
                lambda: datapackage.text(shown, self._places()),
            ),
            (Beside("croissant.json", "Croissant", "application/ld+json", croissant.PROFILE), self._croissant),
        ]
        if shown.record:
            made.append((Beside("record.json", "The metadata record", "application/json"), self._record))
            linked = Beside("battinfo.jsonld", "BattINFO", "application/ld+json", battinfo.PROFILE)
            made.append((linked, lambda: battinfo.write(shown)))
        if shown.readings:
            made.append((Beside("report.json", "What the checks found", "application/json"), self._report))
        return made

    def _tables(self) -> list[Placed]:
        return [one for one in self._files if one.file.kind is FileKind.TABLE]

    def _path(self, one: Placed) -> str:
        """Where the table stands as CSV."""
        return one.path.replace("/tables/", "/csv/").removesuffix(".parquet") + ".csv"

    def _places(self) -> list[datapackage.Place]:
        as_csv = [datapackage.Place(one.file, self._path(one), True) for one in self._csv]
        return as_csv + [datapackage.Place(one.file, one.path, False) for one in self._tables()]

    def _croissant(self) -> str:
        places = {one.file.url: one.path for one in self._files}
        return json.dumps(croissant.document(self._shown, places), indent=2, ensure_ascii=False)

    def _record(self) -> str:
        assert self._shown.record is not None
        return json.dumps(self._shown.record.written(), indent=2, ensure_ascii=False)

    def _report(self) -> str:
        return choose.report(self._services, self._who, self._shown.id, self._pin()).model_dump_json(indent=2)

    def _pin(self) -> Pin:
        """The build whose tables are shown, so that a new one that comes meanwhile is not mixed in."""
        found = parse_reference(self._shown.readings[0].iri.rsplit("/", 1)[-1]) if self._shown.readings else None
        return Pin(self._shown.version, found[2] if found else None)

    def _table(self, one: Placed) -> Iterator[bytes]:
        name = one.file.name.removesuffix(".parquet")
        yield from deliver.as_parquet(self._services, self._who, self._shown.id, self._pin(), name, deliver.Slice())[1]

    def _as_csv(self, one: Placed) -> Iterator[bytes]:
        name = one.file.name.removesuffix(".parquet")
        yield from deliver.as_csv(self._services, self._who, self._shown.id, self._pin(), name, deliver.Slice())[1]

    def _raw(self, one: Placed) -> Iterator[bytes]:
        file = one.file.url.rsplit("/", 1)[-1]
        yield from link.raw_bytes(self._services, self._who, self._shown.id, self._shown.version, file)[1]


def _late(content: Callable[[], str]) -> Iterator[bytes]:
    yield content().encode()
