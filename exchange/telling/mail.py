"""How mails leave: an SMTP server, the log of a trial installation, a folder; plain text alone."""

import re
import smtplib
import ssl
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

import structlog

from exchange.settings import Settings
from schemas.errors import Misconfigured
from schemas.notification import Mail

_log = structlog.get_logger("exchange.mail")


class NotSent(Exception):
    """A mail was not taken; `final` when no later attempt can help. Its text holds neither password nor address."""

    def __init__(self, reason: str, final: bool = False) -> None:
        super().__init__(reason)
        self.final = final


class Mailer(Protocol):
    """A place that takes mails; `NotSent` when it does not."""

    def send(self, mail: Mail, at: datetime) -> None: ...


def opened(settings: Settings) -> Mailer | None:
    """The mailer that the settings name, None when mails are off; `Misconfigured` says what is missing."""
    match settings.mail:
        case "off":
            return None
        case "console":
            return ConsoleMailer()
        case "file":
            return FileMailer(settings.mail_folder or settings.data / "mail", _sender(settings))
    if not settings.mail_host or not settings.mail_from:
        raise Misconfigured("EXCHANGE_MAIL is smtp: set EXCHANGE_MAIL_HOST and EXCHANGE_MAIL_FROM, too.")
    if settings.mail_password is not None and settings.mail_security == "none":
        raise Misconfigured("EXCHANGE_MAIL_SECURITY is none: a password would be sent in the clear; use starttls.")
    return SmtpMailer(settings)


_SECRET = re.compile(r"#[A-Za-z0-9_-]{16,}")


class ConsoleMailer:
    """Writes mails to the log: for trying things out, where no server is."""

    def send(self, mail: Mail, at: datetime) -> None:
        """One log line, in which the secret of a link is left out: whoever reads a log must not get in by it."""
        _log.info("mail", to=mail.to, subject=mail.subject, text=_SECRET.sub("#…", mail.text))


class FileMailer:
    """Writes each mail into a folder, under its id: sent twice it is there once."""

    def __init__(self, folder: Path, sender: str) -> None:
        self._folder, self._sender = folder, sender

    def send(self, mail: Mail, at: datetime) -> None:
        """One file."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            (self._folder / f"{mail.id}.eml").write_bytes(message(mail, self._sender, at).as_bytes())
        except OSError as failure:
            raise NotSent(failure.strerror or "the folder cannot be written") from None


class SmtpMailer:
    """Hands mails to an SMTP server, each on a connection of its own, its certificate checked."""

    def __init__(self, settings: Settings, context: ssl.SSLContext | None = None) -> None:
        self._settings = settings
        self._context = context or ssl.create_default_context()

    def send(self, mail: Mail, at: datetime) -> None:
        """`NotSent` with the server's code; final when it refuses the address or the mail for good."""
        written = message(mail, self._settings.mail_from, at)
        try:
            with self._connected() as server:
                server.send_message(written)
        except smtplib.SMTPRecipientsRefused as refused:
            codes = [code for code, _ in refused.recipients.values()]
            raise NotSent(f"the server refuses the address ({codes[0]})", final=min(codes) >= 500) from None
        except smtplib.SMTPAuthenticationError as refused:
            raise NotSent(f"the server refuses user and password ({refused.smtp_code})") from None
        except (smtplib.SMTPSenderRefused, smtplib.SMTPDataError) as refused:
            raise NotSent(
                f"the server refuses the mail ({refused.smtp_code})", final=refused.smtp_code >= 500
            ) from None
        except smtplib.SMTPNotSupportedError:
            raise NotSent("the server lacks what is needed: STARTTLS, signing in, or addresses like this one") from None
        except (smtplib.SMTPException, OSError) as failure:
            raise NotSent(f"the server does not answer as it should ({type(failure).__name__})") from None

    def _connected(self) -> smtplib.SMTP:
        wanted, timeout = self._settings, self._settings.mail_timeout_s
        if wanted.mail_security == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                wanted.mail_host, wanted.mail_port, timeout=timeout, context=self._context
            )
        else:
            server = smtplib.SMTP(wanted.mail_host, wanted.mail_port, timeout=timeout)
        try:
            if wanted.mail_security == "starttls":
                server.starttls(context=self._context)
            if wanted.mail_user and wanted.mail_password is not None:
                server.login(wanted.mail_user, wanted.mail_password.get_secret_value())
        except BaseException:
            server.close()
            raise
        return server


def message(mail: Mail, sender: str, at: datetime) -> EmailMessage:
    """The mail as it goes out: one text part; `NotSent` for a line break in a header."""
    written = EmailMessage()
    try:
        written["From"], written["To"], written["Subject"] = sender, mail.to, mail.subject
    except ValueError:
        raise NotSent("a header would have a line break", final=True) from None
    written["Date"] = format_datetime(at)
    # The same for every attempt, so that a mail that went out twice is one to its reader's program.
    written["Message-ID"] = f"<{mail.id}@{sender.rpartition('@')[2]}>"
    written["Auto-Submitted"] = "auto-generated"
    written.set_content(mail.text)
    return written


def _sender(settings: Settings) -> str:
    host = urlsplit(settings.base_url).hostname or "localhost"
    return settings.mail_from or f"exchange@{host}"
