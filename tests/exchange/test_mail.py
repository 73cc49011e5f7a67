"""Mails leave by a real SMTP server, encrypted and signed in, or say why not; nothing secret is in what they say."""

import email
import email.policy
import shutil
import ssl
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from exchange.settings import Settings
from exchange.telling.mail import ConsoleMailer, FileMailer, NotSent, SmtpMailer, opened
from schemas.errors import Misconfigured
from schemas.notification import Mail
from tests.smtp import certificate, smtp_server

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
MAIL = Mail(id="abc", to="ada@example.org", subject="A request", text="Grüße\n.\nFrom here\n")
SECRET = "correct horse battery"


def settings(port: int, **more: object) -> Settings:
    facts = {"mail": "smtp", "mail_host": "127.0.0.1", "mail_port": port, "mail_from": "x@plx.example"}
    facts |= {"mail_security": "none", "mail_timeout_s": 2} | more
    return Settings(**facts, _env_file=None)  # type: ignore[arg-type]  # no .env here


def test_a_mail_arrives_as_plain_text_whole() -> None:
    with smtp_server() as server:
        SmtpMailer(settings(server.port)).send(MAIL, NOW)
    came = email.message_from_bytes(server.mails[0], policy=email.policy.default)
    assert (came["To"], came["From"], came["Subject"]) == ("ada@example.org", "x@plx.example", "A request")
    assert came["Message-ID"] == "<abc@plx.example>" and came["Auto-Submitted"] == "auto-generated"
    assert came.get_content_type() == "text/plain"
    assert "Grüße" in came.get_content() and "From here" in came.get_content()


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl makes the certificate")
def test_with_starttls_the_certificate_is_checked_before_the_password_is_said(tmp_path: Path) -> None:
    ours, trusting = certificate(tmp_path)
    with smtp_server(context=ours, password=SECRET) as server:
        wanted = settings(server.port, mail_security="starttls", mail_user="plx", mail_password=SECRET)
        SmtpMailer(wanted, trusting).send(MAIL, NOW)
        assert server.encrypted == [True] and server.signed_in == ["plx"]

        with pytest.raises(NotSent, match="SSLCertVerificationError"):
            SmtpMailer(wanted, ssl.create_default_context()).send(MAIL, NOW)
        wrong = settings(server.port, mail_security="starttls", mail_user="plx", mail_password="not it")
        with pytest.raises(NotSent, match="535") as refused:
            SmtpMailer(wrong, trusting).send(MAIL, NOW)
        assert "not it" not in str(refused.value)
        assert server.signed_in == ["plx"] and len(server.mails) == 1


def test_a_server_without_starttls_gets_neither_password_nor_mail() -> None:
    with smtp_server(password=SECRET) as server:
        wanted = settings(server.port, mail_security="starttls", mail_user="plx", mail_password=SECRET)
        with pytest.raises(NotSent, match="lacks"):
            SmtpMailer(wanted).send(MAIL, NOW)
    assert server.mails == [] and server.signed_in == []


@pytest.mark.parametrize(
    ("answers", "final"),
    [({"RCPT": b"550 nobody"}, True), ({"RCPT": b"450 later"}, False), ({"END": b"554 spam"}, True)],
)
def test_what_a_server_refuses_for_good_is_told_from_what_it_refuses_now(
    answers: dict[str, bytes], final: bool
) -> None:
    with smtp_server(answers=answers) as server, pytest.raises(NotSent) as refused:
        SmtpMailer(settings(server.port)).send(MAIL, NOW)
    assert refused.value.final is final
    assert "ada" not in str(refused.value)


def test_a_server_that_hangs_or_is_not_there_is_given_up_in_time() -> None:
    import socket

    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        began = time.monotonic()
        with pytest.raises(NotSent):
            SmtpMailer(settings(silent.getsockname()[1], mail_timeout_s=0.5)).send(MAIL, NOW)
        assert time.monotonic() - began < 5
        port = silent.getsockname()[1]
    with pytest.raises(NotSent) as refused:
        SmtpMailer(settings(port)).send(MAIL, NOW)
    assert not refused.value.final


@pytest.mark.parametrize("field", ["to", "subject"])
def test_a_line_break_never_gets_into_a_header(tmp_path: Path, field: str) -> None:
    evil = MAIL.model_copy(update={field: "a@example.org\r\nBcc: everybody@example.org"})
    with pytest.raises(NotSent) as refused:
        FileMailer(tmp_path, "x@plx.example").send(evil, NOW)
    assert refused.value.final and list(tmp_path.iterdir()) == []


def test_a_mail_that_is_sent_twice_into_a_folder_is_there_once(tmp_path: Path) -> None:
    mailer = FileMailer(tmp_path / "out", "x@plx.example")
    mailer.send(MAIL, NOW)
    mailer.send(MAIL, NOW)
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["abc.eml"]


def test_settings_that_cannot_work_say_which(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="EXCHANGE_MAIL_HOST"):
        opened(settings(25, mail_host=""))
    with pytest.raises(Misconfigured, match="EXCHANGE_MAIL_SECURITY"):
        opened(settings(25, mail_password=SECRET))
    assert opened(settings(25, mail="off")) is None
    assert isinstance(opened(settings(25, mail="console")), ConsoleMailer)
    assert isinstance(opened(settings(25, mail="file", mail_folder=tmp_path)), FileMailer)
    assert SECRET not in repr(settings(25, mail_password=SECRET))


def test_the_console_shows_a_mail_without_the_secret_of_its_link(capsys: pytest.CaptureFixture[str]) -> None:
    secret = "Zk3" * 14
    mail = Mail(
        id="m1", to="ada@north.example", subject="Hello", text=f"Follow https://x.example/welcome#{secret} soon."
    )
    ConsoleMailer().send(mail, datetime(2026, 5, 4, tzinfo=UTC))
    said = capsys.readouterr().out
    assert "https://x.example/welcome#…" in said and secret not in said
