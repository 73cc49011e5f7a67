"""Notice: the words of one kind of notification."""

from dataclasses import dataclass
from string import Formatter


@dataclass(frozen=True)
class Notice:
    """`text` names facts and `{dataset}`; `hidden` names none. `quote` is a free text of somebody's, put last.

    `own`: it is told even when the dataset is hidden, in the words of `hidden`; else whoever may not know of the
    dataset is not told at all. `security`: nobody can switch it off.
    """

    subject: str
    text: str
    hidden: str = "Something about a dataset that is not shown to you any more."
    quote: str = ""
    own: bool = False
    security: bool = False

    @property
    def needs(self) -> frozenset[str]:
        """The facts without which the text cannot be made."""
        return frozenset(name for _, name, _, _ in Formatter().parse(self.text) if name) - {"dataset"}
