"""Settings in, ready parts out: the only module that knows every room."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pydantic import SecretStr

from hfdl_core.embedded import choose_redis, linger
from hfdl_core.errors import UsageError
from hfdl_core.machine import cache_dir, host_name
from hfdl_core.models import JobId
from hfdl_core.monitor import JobMonitor
from hfdl_core.queue import RedisClient
from hfdl_core.settings import Settings

# Loaded where they are made: `hfdl status` answers in a fraction of a second because it does not
# pay for the Hub's and the worker's libraries.
if TYPE_CHECKING:
    from hfdl_core.hub import HubCatalog
    from hfdl_core.master import MasterNode
    from hfdl_core.worker import WorkerNode

# Another command may be on its way to the same server, so it does not go with the last client.
_LINGER_SECONDS = 3.0


@dataclass(frozen=True, slots=True)
class OpenQueue:
    """The queue in use, and what to tell people about it."""

    client: RedisClient
    line: str
    private: bool  # no other machine can reach it
    started_here: bool
    warnings: tuple[str, ...] = ()  # about this server; told after the line


@contextmanager
def open_queue(settings: Settings, *, may_start: bool) -> Iterator[OpenQueue]:
    """Find or start the Redis to use and check it; QueueUnavailable or QueueRefused otherwise.

    A server that this call started goes soon after the block when nobody else uses it.
    """
    chosen = choose_redis(settings, may_start=may_start)
    try:
        with RedisClient(chosen.target, client_name="hfdl") as client:
            client.ping()
            warnings = client.check_server().warnings
            yield OpenQueue(client, chosen.line, chosen.private, chosen.started_here, warnings)
    finally:
        if chosen.started_here:
            linger(_LINGER_SECONDS)


def make_catalog(settings: Settings) -> "HubCatalog":
    """The Hub as this machine reaches it."""
    if settings.hf_hub_offline:
        raise UsageError("HF_HUB_OFFLINE is set: unset it to list and download")
    from hfdl_core.hub import HubCatalog

    return HubCatalog(
        settings.hf_endpoint,
        settings.hf_token,
        ca_file=settings.ca_file,
        proxy=settings.proxy[0] if settings.proxy else None,
        user_agent=settings.user_agent,
    )


@contextmanager
def make_master(settings: Settings, queue: OpenQueue) -> "Iterator[MasterNode]":
    """A master whose relative destinations begin at the working directory."""
    from hfdl_core.master import MasterNode

    with make_catalog(settings) as catalog:
        yield MasterNode(queue.client, catalog, Path.cwd(), settings.hf_endpoint)


def make_monitor(queue: OpenQueue) -> JobMonitor:
    return JobMonitor(queue.client)


@contextmanager
def make_worker(
    settings: Settings, queue: OpenQueue, *, only_job: JobId | None = None
) -> "Iterator[WorkerNode]":
    """A worker of this machine; for one job only, or for all."""
    if settings.hf_hub_offline:
        raise UsageError("HF_HUB_OFFLINE is set: unset it to download")
    if len(settings.proxy) > 1:
        raise UsageError("one --proxy a worker for now; start a worker for each proxy")
    from hfdl_core.transfer import Route, make_downloader
    from hfdl_core.worker import WorkerNode, WorkerOptions

    proxy = settings.proxy[0] if settings.proxy else None
    downloader = make_downloader(
        settings.downloader,
        Route(
            user_agent=settings.user_agent,
            proxy=proxy,
            ca_file=settings.ca_file,
            stall_seconds=settings.stall_seconds,
        ),
        settings.hf_token,
        settings.scratch or cache_dir() / "scratch",
    )
    options = WorkerOptions(
        worker_id=settings.worker_id or f"{host_name()}-{secrets.token_hex(2)}",
        output_dir=settings.output_dir,
        allow_paths=settings.allow_path,
        endpoint=settings.hf_endpoint,
        connections=settings.connections,
        grace_seconds=settings.grace_seconds,
        exit_when_idle_seconds=settings.exit_when_idle_seconds,
        only_job=only_job,
        lane_name=_lane_name(proxy),
        version=version("hfdl-tui"),
    )
    try:
        yield WorkerNode(queue.client, downloader, options)
    finally:
        downloader.close()


def _lane_name(proxy: SecretStr | None) -> str:
    """Host and port, never what may stand before them: names and passwords."""
    if proxy is None:
        return "direct"
    return urlsplit(proxy.get_secret_value()).netloc.rpartition("@")[2] or "proxy"
