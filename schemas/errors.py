"""What can go wrong, in the domain's own words; every message is safe to show to whoever caused it."""

from typing import ClassVar

from pydantic import BaseModel, Field


class Trouble(BaseModel, frozen=True):
    """One thing that is wrong with an input: where it is (JSON pointer), the value found, what to do."""

    pointer: str = ""
    message: str
    value: str | None = None
    hint: str = ""


class ProblemDocument(BaseModel, frozen=True):
    """RFC 9457: how every refusal looks on the wire; `reference` stands in the log too."""

    type: str = Field(examples=["urn:plx:problem:not-found"])
    title: str
    status: int
    detail: str
    errors: tuple[Trouble, ...] = ()
    reference: str = ""


class ExchangeError(Exception):
    """Base of all refusals; `title` names the kind, the message is one sentence for the person who asked."""

    title: ClassVar[str] = "The request could not be carried out"

    def __init__(self, message: str, *, errors: tuple[Trouble, ...] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.errors = errors


class NotFound(ExchangeError):
    """It does not exist, or the caller may not know that it does."""

    title = "Not found"


class Unauthenticated(ExchangeError):
    """No token, or one that is unknown, expired or revoked."""

    title = "Sign in first"


class Denied(ExchangeError):
    """The caller may know of it but not do this; the message says what would be needed."""

    title = "Not permitted"


class Conflict(ExchangeError):
    """The state of things does not allow it now."""

    title = "Conflict with the present state"


class Refused(ExchangeError):
    """The input is understood but wrong; `errors` names every problem at once."""

    title = "The input has problems"


class TooLarge(ExchangeError):
    """Larger than a limit that the message names."""

    title = "Too large"


class Unreadable(ExchangeError):
    """A file's content could not be read; told to its owner."""

    title = "The file could not be read"


class SeveralCells(Unreadable):
    """A file holds several, of which one must be picked: `by` is the instruction that does (`channel`, …)."""

    title = "One of several must be picked"

    def __init__(self, message: str, by: str, choices: tuple[str, ...]) -> None:
        super().__init__(message)
        self.by, self.choices = by, choices


class Unavailable(ExchangeError):
    """A store or disk is out of reach or full; nothing was half-written, try again after `retry_after_s`."""

    title = "Temporarily unavailable"
    retry_after_s = 15


class TooMany(ExchangeError):
    """Tried too often; it can be tried again after `retry_after_s`."""

    title = "Too many attempts"

    def __init__(self, message: str, retry_after_s: int) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class Misconfigured(ExchangeError):
    """A setting cannot be worked with; the message names the variable and what to put there, never a secret."""

    title = "The installation is not set up"


class Gone(ExchangeError):
    """It existed and has ended, such as an upload past its expiry."""

    title = "No longer there"


class ChecksumMismatch(ExchangeError):
    """Bytes arrived other than they were announced; nothing of them was kept, send them again."""

    title = "Checksum mismatch"


class WrongProtocolVersion(ExchangeError):
    """The client speaks another version of the upload protocol."""

    title = "Protocol version not supported"


class WrongMediaType(ExchangeError):
    """The body is of a type that this door does not take."""

    title = "Media type not supported"


class NotAcceptable(ExchangeError):
    """None of the media types that the caller accepts can be given; the message names those there are."""

    title = "No such format"
