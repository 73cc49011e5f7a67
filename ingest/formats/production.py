"""The platform's template for production data, filled in: as a workbook, or as one long csv."""

from ingest import workbook
from ingest.production import filled_csv, filled_workbook, reading
from ingest.reader import Head, Reading
from ingest.text import sniff
from ingest.text.headers import plain
from schemas.errors import Unreadable
from schemas.ingested import Declared


class ProductionWorkbook:
    """A `Reader` of the template as xlsx."""

    name = "Production workbook"
    version = "1"

    def recognises(self, head: Head) -> bool:
        """True for a workbook with the template's sheet of the run."""
        if not workbook.is_workbook(head):
            return False
        try:
            names = {plain(sheet.name) for sheet in workbook.sheets(head.path)}
        except Unreadable:
            return False
        return plain(filled_workbook.RUN_SHEET) in names

    def read(self, head: Head, declared: Declared) -> Reading:
        """Open the file; what is wrong with it is found when its batches are asked for."""
        return reading.read(head, declared, filled_workbook.filled)


class ProductionCsv:
    """A `Reader` of the template as a long csv."""

    name = "Production csv"
    version = "1"

    def recognises(self, head: Head) -> bool:
        """True where run, object, step, parameter and value stand in one line."""
        return sniff.find_header(head, filled_csv.is_header) is not None

    def read(self, head: Head, declared: Declared) -> Reading:
        """Open the file; what is wrong with it is found when its batches are asked for."""
        return reading.read(head, declared, filled_csv.filled)


READERS = (ProductionWorkbook(), ProductionCsv())
