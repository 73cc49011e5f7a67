"""Serve the API on a socket, with the worker inside the same process where the database is embedded."""

import contextlib
import socket
import threading
import time
from collections.abc import Iterator

import structlog
import uvicorn
from fastapi import FastAPI

_log = structlog.get_logger("exchange.serve")


def bound(host: str, port: int) -> socket.socket:
    """A listening socket; port 0, or one that is taken on the loopback address, becomes a free one."""
    found = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        found.bind((host, port))
    except OSError:
        found.bind((host, 0))
    return found


@contextlib.contextmanager
def serving(app: FastAPI, listening: socket.socket) -> Iterator[str]:
    """The application running in a thread; yields its address, ends it on leaving."""
    server = uvicorn.Server(configured(app))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, name="api")
    thread.start()
    try:
        while not server.started:
            if not thread.is_alive():
                raise RuntimeError("the server did not start; see the log")
            time.sleep(0.02)
        host, port = listening.getsockname()[:2]
        yield f"http://{host}:{port}"
    finally:
        server.should_exit = True
        thread.join(timeout=30)


class Server(uvicorn.Server):
    """Says in the log, once, at which address it serves."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        for server in self.servers if self.started else []:
            for listening in server.sockets:
                host, port = listening.getsockname()[:2]
                name = f"[{host}]" if ":" in host else host
                _log.info("serving", address=f"http://{name}:{port}")


def configured(app: FastAPI) -> uvicorn.Config:
    """One access log of ours instead of the server's, which would write signed links into the log.

    Its trust in forwarded addresses is off as well: it would believe whoever connects from this machine.
    """
    return uvicorn.Config(
        app,
        access_log=False,
        log_level="warning",
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=10,
    )
