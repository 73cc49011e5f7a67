"""A network line that breaks on purpose."""

import contextlib
import socket
import struct
import threading
from collections.abc import Sequence


class CuttingLine:
    """A line to two servers, each connection to the other one; breaks when so many bytes have gone out in all."""

    def __init__(self, servers: Sequence[str], cuts: Sequence[int], hard: bool) -> None:
        self._ports = [int(server.rpartition(":")[2]) for server in servers]
        self._cuts, self._hard, self._sent, self.broken = sorted(cuts), hard, 0, 0
        self._lock, self._connections = threading.Lock(), 0
        self._listening = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._accept, daemon=True).start()
        self.address = f"http://127.0.0.1:{self._listening.getsockname()[1]}"

    def close(self) -> None:
        self._listening.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = self._listening.accept()
                far = socket.create_connection(("127.0.0.1", self._ports[self._connections % 2]))
                self._connections += 1
                threading.Thread(target=self._out, args=(near, far), daemon=True).start()
                threading.Thread(target=self._back, args=(far, near), daemon=True).start()

    def _out(self, near: socket.socket, far: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := near.recv(65536):
                with self._lock:
                    left = self._cuts[0] - self._sent if self._cuts else len(data) + 1
                    self._sent += min(left, len(data))
                    if cut := left <= len(data):
                        self._cuts.pop(0)
                        self.broken += 1
                far.sendall(data[:left] if cut else data)
                if cut:
                    break
            else:
                far.shutdown(socket.SHUT_WR)
                return
            self._break(near), self._break(far)

    def _back(self, far: socket.socket, near: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := far.recv(65536):
                near.sendall(data)
            near.shutdown(socket.SHUT_RDWR)

    def _break(self, end: socket.socket) -> None:
        if self._hard:
            end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        with contextlib.suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
        end.close()
