"""Collectors from the settings, and the ways in which workers reach them."""

import logging
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

from hfdl_core.bootstrap.opening import OpenQueue
from hfdl_core.embedded import ListenAddress
from hfdl_core.errors import QueueUnavailable, UsageError
from hfdl_core.machine import address_towards, is_loopback
from hfdl_core.models import JobId
from hfdl_core.settings import Settings

if TYPE_CHECKING:
    from hfdl_core.collector import CollectorNode
    from hfdl_core.embedded import EmbeddedServer
    from hfdl_core.handover import Handover
    from hfdl_core.queue import Collector
    from hfdl_core.worker import Collectors, LocalCollector

logger = logging.getLogger(__name__)

_LOOPBACK: Final = "127.0.0.1"
# The first is the one to open in a firewall; each further job at the same time takes the next.
FIRST_PORT: Final = 6381
_PORTS: Final = range(FIRST_PORT, FIRST_PORT + 20)


def make_collector(
    settings: Settings, queue: OpenQueue, job_id: JobId, listen: ListenAddress | None = None
) -> "CollectorNode":
    """The collector of a gather job, on this machine.

    `listen` opens it to other machines. Without it that is done unasked where the queue is open to
    them, or when it is opened later; else only this machine reaches it.
    """
    from hfdl_core.collector import CollectorNode, CollectorOptions
    from hfdl_core.collector.options import nowhere

    if (settings.collector_cert is None) != (settings.collector_key is None):
        raise UsageError("--collector-cert and --collector-key belong together: give both")
    address = _address(queue, listen)
    is_alone = address.host == _LOOPBACK
    hosts = (_LOOPBACK,) if is_alone else address.reachable_hosts()
    ports, opened_on = _ports(settings), nowhere
    if is_alone and listen is None and queue.own is not None:
        # The named port is for other machines, should the queue be opened to them.
        port, opened_on = 0, _opened_on(queue.own)
    else:
        port = settings.collector_port or (0 if is_alone else _free_port(address.host))
    return CollectorNode(
        queue.client,
        queue.client.spec(job_id),
        CollectorOptions(
            listen=(address.host, port),
            hosts=hosts,
            certificate=settings.collector_cert,
            key=settings.collector_key,
            opened_on=opened_on,
            ports_for_others=ports,
        ),
    )


def make_collectors(
    settings: Settings, queue: OpenQueue, local: "LocalCollector | None"
) -> "Collectors":
    """How a worker with these settings finds the collectors of its jobs."""
    from hfdl_core.handover.addresses import candidate_urls
    from hfdl_core.handover.http_client import HttpHandover
    from hfdl_core.handover.http_way import Way
    from hfdl_core.worker import Collectors, nothing_local

    way = Way(ca_file=settings.collector_ca_file, proxy=settings.collector_proxy)

    def connect(job_id: JobId, collector: "Collector") -> "Handover":
        urls = candidate_urls(collector.address, queue.client.target, settings.collector_url)
        made = HttpHandover(job_id, collector.generation, collector.secret, urls, way)
        made.find()  # before any work is taken: a worker that reaches none takes none
        return made

    return Collectors(queue.client, connect, local or nothing_local)


def _address(queue: OpenQueue, listen: ListenAddress | None) -> ListenAddress:
    if listen is not None:
        return listen
    opened = None if queue.own is None else queue.own.listens()
    if opened is not None:
        return opened
    target = queue.client.target
    if target.unix_socket is not None or is_loopback(target.host):
        return ListenAddress(_LOOPBACK, 0)
    return ListenAddress(address_towards(target.host, target.port) or _LOOPBACK, 0)


def _opened_on(own: "EmbeddedServer") -> Callable[[], str | None]:
    def host() -> str | None:
        opened = own.listens()
        return None if opened is None else opened.host

    return host


def _ports(settings: Settings) -> Sequence[int]:
    """Where to take blocks of other machines, the likeliest first."""
    return _PORTS if settings.collector_port is None else (settings.collector_port, *_PORTS)


def _free_port(host: str) -> int:
    for port in _PORTS:
        try:
            ListenAddress(host, port).free()
        except QueueUnavailable:
            continue
        if port != FIRST_PORT:
            logger.warning("port %d is in use: the collector listens on %d", FIRST_PORT, port)
        return port
    raise UsageError(
        f"the ports {_PORTS.start} to {_PORTS.stop - 1} are in use: name another --collector-port"
    )
