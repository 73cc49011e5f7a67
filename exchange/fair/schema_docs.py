"""Write what is generated from the metadata schema into the documentation: `python -m exchange.fair.schema_docs`."""

import json
from pathlib import Path

from exchange.fair.record_page import markdown
from exchange.fair.record_schema import json_schema
from schemas.upgrade import SCHEMA_VERSION


def documents() -> dict[str, str]:
    """The text of each generated file, by its place below `docs`."""
    text = json.dumps(json_schema(), indent=1, ensure_ascii=False) + "\n"
    return {f"schema/metadata-{SCHEMA_VERSION}.json": text, "metadata.md": markdown()}


def write(docs: Path) -> None:
    """All of them into this folder."""
    for place, text in documents().items():
        (docs / place).parent.mkdir(parents=True, exist_ok=True)
        (docs / place).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write(Path("docs"))
