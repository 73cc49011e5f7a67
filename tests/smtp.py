"""A small SMTP server of the tests' own (RFC 5321, 3207, 4954): it takes mails, or refuses as it is told to."""

import base64
import contextlib
import socketserver
import ssl
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class SmtpServer:
    """`mails` are those it took, as they came; `answers` replace its answer to a command, such as RCPT."""

    port: int = 0
    context: ssl.SSLContext | None = None
    password: str | None = None
    answers: dict[str, bytes] = field(default_factory=dict)
    mails: list[bytes] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)
    signed_in: list[str] = field(default_factory=list)


@contextlib.contextmanager
def smtp_server(**facts: object) -> Iterator[SmtpServer]:
    """A server on a free loopback port until the end of the block."""
    kept = SmtpServer(**facts)  # type: ignore[arg-type]  # the fields above

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            with contextlib.suppress(OSError):
                _talk(self.request, kept)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        kept.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield kept
        finally:
            server.shutdown()


def certificate(folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A server's context with a fresh certificate for 127.0.0.1, and a client's that trusts it alone."""
    key, cert = folder / "key.pem", folder / "cert.pem"
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1"]
    made += ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(cert)]
    subprocess.run(made, check=True, capture_output=True)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(cert, key)
    return server, ssl.create_default_context(cafile=str(cert))


def _talk(connection, kept: SmtpServer) -> None:  # type: ignore[no-untyped-def]  # a socket, later a TLS one
    stream, safe = connection.makefile("rb"), False
    connection.sendall(b"220 test\r\n")
    while line := stream.readline():
        verb = line.split(b":")[0].split()[0].decode().upper()
        if verb in kept.answers:
            connection.sendall(kept.answers[verb] + b"\r\n")
        elif verb == "EHLO":
            offers = [b"250-test"] + ([b"250-STARTTLS"] if kept.context and not safe else [])
            offers += [b"250-AUTH PLAIN"] if kept.password else []
            connection.sendall(b"\r\n".join([*offers, b"250 HELP"]) + b"\r\n")
        elif verb == "STARTTLS" and kept.context:
            connection.sendall(b"220 go\r\n")
            connection, safe = kept.context.wrap_socket(connection, server_side=True), True
            stream = connection.makefile("rb")
        elif verb == "AUTH":
            user, password = base64.b64decode(line.split()[2]).decode().split("\0")[1:]
            good = password == kept.password
            kept.signed_in += [user] if good else []
            connection.sendall(b"235 in\r\n" if good else b"535 no\r\n")
        elif verb == "DATA":
            connection.sendall(b"354 go on\r\n")
            kept.mails.append(b"".join(iter(stream.readline, b".\r\n")))
            kept.encrypted.append(safe)
            connection.sendall(kept.answers.get("END", b"250 taken") + b"\r\n")
        elif verb == "QUIT":
            connection.sendall(b"221 bye\r\n")
            return
        else:
            connection.sendall(b"250 fine\r\n")
