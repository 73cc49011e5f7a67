"""What is said of a file that begins as another one does."""

from schemas.dataset import Continued
from schemas.report import Problem, Severity


def told(found: Continued, dataset: str, filename: str, length: int) -> Problem:
    """A note for the file's owner: which version it continues, which bytes are new, and where it belongs."""
    other = found.dataset != dataset
    hint = (
        f"If it is the same test, upload it to {found.dataset}: there it becomes the next version."
        if other
        else "It is the same test, grown: the version before stays as it was."
    )
    return Problem(
        rule="file-continues",
        severity=Severity.NOTE,
        message=(
            f"The file begins with the first {found.bytes} bytes of {found.dataset}@{found.version}; "
            f"bytes {found.bytes + 1} to {length} are new."
        ),
        hint=hint,
        file=filename,
    )
