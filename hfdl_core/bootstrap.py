"""Settings in, ready parts out: the only module that knows every room."""

import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pydantic import SecretStr

from hfdl_core.embedded import choose_redis, linger
from hfdl_core.errors import UsageError
from hfdl_core.logs import Redactor
from hfdl_core.machine import cache_dir, host_name, machine_id
from hfdl_core.models import JobId
from hfdl_core.monitor import JobMonitor
from hfdl_core.queue import RedisClient
from hfdl_core.settings import Settings

# Loaded where they are made: `hfdl status` answers in a fraction of a second because it does not
# pay for the Hub's and the worker's libraries.
if TYPE_CHECKING:
    from hfdl_core.doctor import Doctor
    from hfdl_core.hub import HubCatalog, RepoReference
    from hfdl_core.master import MasterNode
    from hfdl_core.worker import HubBudget, WayOut, WorkerNode

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


def make_doctor(
    settings: Settings, environ: Mapping[str, str], repo: "RepoReference | None" = None
) -> "Doctor":
    """One who looks at this machine as these settings make it, and at a repo if one is named."""
    from hfdl_core.doctor import Doctor, chains_of

    return Doctor(chains_of(settings, environ, repo), Redactor(settings.secrets()))


@contextmanager
def make_worker(
    settings: Settings, queue: OpenQueue, *, only_job: JobId | None = None
) -> "Iterator[WorkerNode]":
    """A worker of this machine; for one job only, or for all."""
    if settings.hf_hub_offline:
        raise UsageError("HF_HUB_OFFLINE is set: unset it to download")
    from hfdl_core.worker import WorkerNode, WorkerOptions

    options = WorkerOptions(
        worker_id=settings.worker_id or f"{host_name()}-{secrets.token_hex(2)}",
        output_dir=settings.output_dir,
        allow_paths=settings.allow_path,
        endpoint=settings.hf_endpoint,
        grace_seconds=settings.grace_seconds,
        exit_when_idle_seconds=settings.exit_when_idle_seconds,
        limit=settings.limit_rate,
        only_job=only_job,
        version=version("hfdl-tui"),
    )
    with ExitStack() as at_the_end:
        proxies = settings.proxy or (None,)
        budgets = _Budgets(queue.client, settings.hf_token)
        ways = [
            _way_out(settings, proxy, name, budgets.of_lane(name))
            for proxy, name in zip(proxies, _lane_names(proxies), strict=True)
        ]
        for way in ways:
            at_the_end.callback(way.downloader.close)
        yield WorkerNode(queue.client, ways, options)


class _Budgets:
    """One gate to the Hub for all lanes that share its request quota."""

    def __init__(self, queue: RedisClient, token: SecretStr | None) -> None:
        self._queue = queue
        self._token = token
        self._made: dict[str, "HubBudget"] = {}

    def of_lane(self, name: str) -> "HubBudget":
        from hfdl_core.worker import HubBudget, quota_owner

        owner = quota_owner(self._token, machine_id(), name)
        return self._made.setdefault(owner, HubBudget(self._queue, owner))


def _way_out(
    settings: Settings, proxy: SecretStr | None, name: str, budget: "HubBudget"
) -> "WayOut":
    from hfdl_core.transfer import Route, make_downloader
    from hfdl_core.worker import WayOut

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
        budget,
    )
    return WayOut(name, downloader, settings.connections, budget)


def _lane_names(proxies: Sequence[SecretStr | None]) -> list[str]:
    """One proxy with two users is two lanes, told apart by a number."""
    names = [_lane_name(proxy) for proxy in proxies]
    return [
        name if names.count(name) == 1 else f"{name} ({names[: place + 1].count(name)})"
        for place, name in enumerate(names)
    ]


def _lane_name(proxy: SecretStr | None) -> str:
    """Host and port, never what may stand before them: names and passwords."""
    if proxy is None:
        return "direct"
    return urlsplit(proxy.get_secret_value()).netloc.rpartition("@")[2] or "proxy"
