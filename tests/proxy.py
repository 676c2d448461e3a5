"""A real line between a program and its database, which a test can cut, silence and mend."""

from __future__ import annotations

import select
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from sqlalchemy import URL, make_url

A_PIECE = 65536


class Line:
    """Passes bytes on between whoever connects to ``port`` and the server behind it."""

    def __init__(self, server: URL) -> None:
        self._server = server
        self._listening = self._listen(0)
        self.port: int = self._listening.getsockname()[1]
        self._open = threading.Event()
        self._open.set()
        self._ended = False
        self._sockets: set[socket.socket] = set()
        self._lose_answer_to = b""
        threading.Thread(target=self._accept, args=(self._listening,), daemon=True).start()

    def stop(self) -> None:
        """As a server that is stopped: what is open is closed, and nobody listens any more."""
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self.cut()

    def start(self) -> None:
        """The server is started again, on the same port."""
        self._listening = self._listen(self.port)
        threading.Thread(target=self._accept, args=(self._listening,), daemon=True).start()

    def cut(self) -> None:
        """Close every connection; new ones are made as before."""
        for one in list(self._sockets):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def silence(self) -> None:
        """From now on everything is accepted, and nothing is answered: a black hole."""
        self._open.clear()

    def mend(self) -> None:
        self._open.set()

    def lose_answer_to(self, statement: bytes) -> None:
        """Let the server do this statement once, and cut the line before its answer arrives."""
        self._lose_answer_to = statement

    def end(self) -> None:
        self._ended = True
        self._open.set()
        with suppress(OSError):
            self.stop()

    def _listen(self, port: int) -> socket.socket:
        listening = socket.socket()
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(("127.0.0.1", port))
        listening.listen(128)
        return listening

    def _accept(self, listening: socket.socket) -> None:
        while not self._ended:
            try:
                near, _ = listening.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(near,), daemon=True).start()

    def _serve(self, near: socket.socket) -> None:
        self._sockets.add(near)
        try:
            self._open.wait()
            far = _connected(self._server)
        except OSError:
            far = socket.socket()
        self._sockets.add(far)
        try:
            self._pass_on(near, far)
        except OSError:
            pass
        finally:
            for one in (near, far):
                self._sockets.discard(one)
                one.close()

    def _pass_on(self, near: socket.socket, far: socket.socket) -> None:
        losing = False
        while True:
            ready, _, _ = select.select([near, far], [], [])
            self._open.wait()
            for one in ready:
                piece = one.recv(A_PIECE)
                if not piece or (losing and one is far):
                    return
                wanted = self._lose_answer_to
                if one is near and wanted and wanted in piece:
                    self._lose_answer_to, losing = b"", True
                (far if one is near else near).sendall(piece)


def _connected(server: URL) -> socket.socket:
    folder = server.query.get("host", "")
    if not folder:
        return socket.create_connection((server.host or "127.0.0.1", server.port or 5432))
    made = socket.socket(socket.AF_UNIX)
    made.connect(f"{folder}/.s.PGSQL.{server.port or 5432}")
    return made


@contextmanager
def line_to(url: str) -> Iterator[tuple[Line, str]]:
    """A line to the database of this URL, and the URL that leads through it."""
    given = make_url(url)
    line = Line(given)
    try:
        through = given.set(host="127.0.0.1", port=line.port).difference_update_query(["host"])
        yield line, through.render_as_string(hide_password=False)
    finally:
        line.end()
