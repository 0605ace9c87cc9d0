"""Where a collector's blocks come in: where it began, and where the queue was opened since."""

import logging
import os
from collections.abc import Callable
from typing import Self

from hfdl_core.collector.http_server import BlockServer
from hfdl_core.collector.options import CollectorOptions
from hfdl_core.embedded.listening import ListenAddress
from hfdl_core.errors import UsageError
from hfdl_core.machine import host_name, machine_id
from hfdl_core.models import CollectorAddress

logger = logging.getLogger(__name__)

Make = Callable[[tuple[str, int]], BlockServer]


class Doors:
    """The first stays open as long as it serves: whoever came through it need not look again."""

    def __init__(self, options: CollectorOptions, make: Make) -> None:
        self._options = options
        self._make = make
        self._first = make(options.listen)
        self._second: BlockServer | None = None
        self._opened_on: str | None = None  # the host of the second
        self._others: tuple[str, ...] = ()  # its addresses, for other machines
        self._trouble = ""

    def __enter__(self) -> Self:
        """UsageError when nobody can listen at the first address."""
        self._first.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._close_second()
        self._first.stop()

    def look(self) -> bool:
        """Open or close the second as the queue is; whether the address is another now."""
        wanted = self._options.opened_on()
        if wanted == self._opened_on:
            return False
        was_open = self._second is not None
        self._close_second()
        return (wanted is not None and self._open_second(wanted)) or was_open

    @property
    def address(self) -> CollectorAddress:
        first = self._urls(self._options.hosts, self._first.port)
        others = () if self._second is None else self._urls(self._others, self._second.port)
        return CollectorAddress(
            urls=(*others, *first),
            port=(self._second or self._first).port,
            tls=self._options.certificate is not None,
            host=host_name(),
            machine=machine_id(),
            pid=os.getpid(),
        )

    def _open_second(self, host: str) -> bool:
        """Tried again with the next look when no port can be had."""
        for port in self._options.ports_for_others:
            server = self._make((host, port))
            try:
                server.start()
            except UsageError as error:
                self._note(str(error))
                continue
            self._trouble = ""
            self._second, self._opened_on = server, host
            self._others = ListenAddress(host, server.port).reachable_hosts()
            logger.info("open to other machines at %s", ListenAddress(host, server.port))
            return True
        return False

    def _close_second(self) -> None:
        if self._second is not None:
            self._second.stop()
            logger.info("closed to other machines")
        self._second = self._opened_on = None

    def _urls(self, hosts: tuple[str, ...], port: int) -> tuple[str, ...]:
        scheme = "https" if self._options.certificate is not None else "http"
        return tuple(f"{scheme}://{_bracketed(host)}:{port}" for host in hosts)

    def _note(self, trouble: str) -> None:
        if trouble != self._trouble:
            logger.warning("%s", trouble)
        self._trouble = trouble


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
