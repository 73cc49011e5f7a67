"""Open an upload: check name, size and quota; bytes the organisation already holds need not be sent again."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.orm import Session

from exchange import guard, visibility
from exchange.services import Services
from exchange.settings import Settings
from schemas.access import Principal, Right
from schemas.dataset import DatasetState
from schemas.errors import Conflict, NotFound, Refused, TooLarge, Trouble
from schemas.identifiers import DATASET_PATTERN
from schemas.upload import Upload, UploadState
from storage import intake, uploads
from storage.uploads import Transit

_LONGEST_NAME = 255
_UNSEEN = frozenset({"Cc", "Cs", "Zl", "Zp"})
_TURNING = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Signs that turn the reading direction, by which `fdp.exe` can be shown as `exe.pdf`."""


@dataclass(frozen=True)
class NewFile:
    """A file that somebody is about to send: its dataset, base name, length in bytes, SHA-256 where declared."""

    dataset: str
    filename: str
    length: int
    sha256: str | None = None


def create(services: Services, who: Principal, file: NewFile, attach_held: bool = True) -> Transit:
    """A new upload at offset 0; received at once when the organisation holds the declared SHA-256 already."""
    upload = _opened(services, who, file)
    declared = upload.sha256
    now = services.now()
    with services.sessions.begin() as session:
        uploads.alone(session, who.organisation)
        held = intake.held(session, who.organisation, declared) if declared and attach_held else None
        if held is not None and held.bytes == upload.length:
            received = upload.model_copy(update={"offset": upload.length, "state": UploadState.RECEIVED})
            uploads.open(session, _transit(services, who, received))
            attached = intake.attach(session, file.dataset, held, file.filename, who.user, now, services.new_id)
            visibility.refresh(session, [file.dataset])
            uploads.became(session, upload.id, attached, held=True)
            if attached.fresh:
                services.jobs.enqueue(session, attached.run)
        else:
            _within_quota(session, services.settings, who, file.length)
            uploads.open(session, _transit(services, who, upload))
        found = uploads.find(session, upload.id)
    assert found is not None
    return found


def _opened(services: Services, who: Principal, file: NewFile) -> Upload:
    if re.match(DATASET_PATTERN, file.dataset) is None:
        raise NotFound("There is no dataset with this id that you may see; ids look like PLX-7Q4K-M2XD.")
    dataset = guard.require(services, who, Right.ADD_FILES, file.dataset)
    if dataset.state is DatasetState.WITHDRAWN:
        raise Conflict(f"Dataset {dataset.id} was withdrawn; make a new one for this file.")
    checked_name(file.filename)
    most = services.settings.max_file_bytes
    if file.length > most:
        raise TooLarge(f"The file has {file.length} bytes; this installation takes at most {most} bytes per file.")
    now = services.now()
    return Upload(
        id=services.new_id(),
        dataset=file.dataset,
        filename=file.filename,
        length=file.length,
        offset=0,
        state=UploadState.UPLOADING,
        sha256=_checked_sha256(file.sha256),
        created_at=now,
        expires_at=now + timedelta(hours=services.settings.upload_expiry_h),
    )


def checked_name(name: str) -> str:
    """The name, when it is a plain base name that every system can show; else `Refused` says why not."""
    trouble = _name_trouble(name)
    if trouble is None:
        return name
    shown = "".join(letter if letter.isprintable() else "�" for letter in name[:100])
    errors = (Trouble(pointer="/filename", message=trouble, value=shown, hint="send the base name only"),)
    raise Refused(f"The file name {trouble}.", errors=errors)


def _name_trouble(name: str) -> str | None:
    if not name.replace(".", "").strip():
        return "has nothing but dots and spaces"
    if len(name) > _LONGEST_NAME:
        return f"has {len(name)} characters, more than {_LONGEST_NAME}"
    if "/" in name or "\\" in name:
        return "holds a path"
    if any(unicodedata.category(letter) in _UNSEEN or letter in _TURNING for letter in name):
        return "holds control characters"
    return None


def _checked_sha256(text: str | None) -> str | None:
    if text is None:
        return None
    digest = text.strip().lower()
    if len(digest) != 64 or any(letter not in "0123456789abcdef" for letter in digest):
        raise Refused(
            "The declared SHA-256 is not 64 hexadecimal digits.",
            errors=(Trouble(pointer="/sha256", message="is not 64 hexadecimal digits", value=text[:100]),),
        )
    return digest


def _within_quota(session: Session, settings: Settings, who: Principal, length: int) -> None:
    taken = intake.bytes_held(session, who.organisation) + uploads.bytes_open(session, who.organisation)
    if taken + length > settings.quota_bytes:
        raise TooLarge(
            f"{who.organisation_name} may keep {settings.quota_bytes} bytes and uses {taken}, unfinished uploads "
            f"included; {length} more do not fit. End unfinished uploads or ask the operator for more."
        )


def _transit(services: Services, who: Principal, upload: Upload) -> Transit:
    return Transit(upload=upload, owner=who.organisation, by=who.user, file=services.new_id())
