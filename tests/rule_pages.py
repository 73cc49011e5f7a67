"""The pages of the rules in `docs`, made from `schemas.rules`: `python -m tests.rule_pages` writes them anew."""

from pathlib import Path

from schemas.rules import RULES, Rule

DOCS = Path(__file__).parents[1] / "docs"
TABLE = ("<!-- made by python -m tests.rule_pages: -->\n", "<!-- until here -->\n")


def pages() -> dict[Path, str]:
    """What each file has to hold: one page per rule, and the overview with its table."""
    overview = DOCS / "checks.md"
    before, _, rest = overview.read_text().partition(TABLE[0])
    _, _, after = rest.partition(TABLE[1])
    return {overview: before + TABLE[0] + _table() + TABLE[1] + after} | {
        DOCS / "checks" / f"{rule.name}.md": _page(rule) for rule in RULES.values()
    }


def strays() -> list[Path]:
    """Pages of rules that there are no more."""
    return [path for path in (DOCS / "checks").glob("*.md") if path.stem not in RULES]


def _table() -> str:
    rows = [f"| [`{rule.name}`](checks/{rule.name}.md) | {_severity(rule)} | {rule.found} |" for rule in RULES.values()]
    return "\n".join(["| rule | severity | found when |", "|---|---|---|", *rows]) + "\n"


def _page(rule: Rule) -> str:
    return (
        f"# {rule.name}\n\n"
        f"**{_severity(rule).capitalize()}.** Found when {rule.found}.\n\n"
        f"**Why it matters.** {rule.why}\n\n"
        f"**What to do.** {rule.fix}\n\n"
        "[All checks](../checks.md)\n"
    )


def _severity(rule: Rule) -> str:
    return " or ".join(severity.value for severity in rule.severities)


if __name__ == "__main__":
    for path, text in pages().items():
        path.write_text(text)
    for path in strays():
        path.unlink()
