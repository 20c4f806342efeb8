"""A server of someone else's on this machine: what ever reaches it, by TCP or UDP, is noted."""

from __future__ import annotations

import socket
import threading
from contextlib import contextmanager


class Listener:
    """Open on one port of 127.0.0.1 for both; `heard` holds the first bytes of whatever came."""

    def __init__(self) -> None:
        self.tcp = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self.tcp.bind(("127.0.0.1", 0))
        self.tcp.listen()
        self.port = self.tcp.getsockname()[1]
        self.udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.udp.bind(("127.0.0.1", self.port))
        self.heard: list[tuple[str, bytes]] = []
        self._came = threading.Condition()

    def listen(self) -> None:
        for of in (self._connections, self._packets):
            threading.Thread(target=of, daemon=True).start()

    def _note(self, kind: str, data: bytes) -> None:
        with self._came:
            self.heard.append((kind, data))
            self._came.notify_all()

    def _connections(self) -> None:
        while True:
            try:
                connection, _address = self.tcp.accept()
            except OSError:  # closed: the test is over
                return
            threading.Thread(target=self._read, args=(connection,), daemon=True).start()

    def _read(self, connection: socket.socket) -> None:
        with connection:
            connection.settimeout(10)
            try:
                data = connection.recv(200)
                self._note("tcp", data)
                connection.sendall(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")
            except OSError:
                self._note("tcp", b"")

    def _packets(self) -> None:
        while True:
            try:
                data, _address = self.udp.recvfrom(200)
            except OSError:
                return
            if not data:  # by `close`
                return
            self._note("udp", data)

    def wait_for(self, kind: str, part: bytes, seconds: float = 20) -> bool:
        """Whether something with these bytes came, now or within some seconds."""
        with self._came:
            return self._came.wait_for(
                lambda: any(kind == each and part in data for each, data in self.heard), seconds
            )

    def control(self) -> list[tuple[str, bytes]]:
        """What was heard until now, once what the test itself sends has come: the ears are open."""
        with socket.create_connection(("127.0.0.1", self.port)) as connection:
            connection.sendall(b"control")
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as packets:
            packets.sendto(b"control", ("127.0.0.1", self.port))
        assert self.wait_for("tcp", b"control")
        assert self.wait_for("udp", b"control")
        return [each for each in self.heard if each[1] != b"control"]

    def close(self) -> None:
        self.tcp.shutdown(socket.SHUT_RDWR)
        self.tcp.close()
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as packets:
            packets.sendto(b"", ("127.0.0.1", self.port))
        self.udp.close()


@contextmanager
def listening():
    listener = Listener()
    listener.listen()
    try:
        yield listener
    finally:
        listener.close()
