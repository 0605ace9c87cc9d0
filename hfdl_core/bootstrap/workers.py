"""Workers from the settings: their lanes, budgets and ways home."""

import secrets
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from importlib.metadata import version
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pydantic import SecretStr

from hfdl_core.bootstrap.collecting import make_collectors
from hfdl_core.bootstrap.opening import OpenQueue
from hfdl_core.errors import UsageError
from hfdl_core.machine import cache_dir, host_name, machine_id
from hfdl_core.models import JobId
from hfdl_core.queue import RedisClient
from hfdl_core.settings import Settings

if TYPE_CHECKING:
    from hfdl_core.worker import HubBudget, LocalCollector, WayOut, WorkerNode


@contextmanager
def make_worker(
    settings: Settings,
    queue: OpenQueue,
    *,
    only_job: JobId | None = None,
    local: "LocalCollector | None" = None,
) -> "Iterator[WorkerNode]":
    """A worker of this machine; for one job only, or for all.

    `local` finds the collectors of this process, which need no network.
    """
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
        collectors = make_collectors(settings, queue, local)
        yield WorkerNode(queue.client, ways, options, collectors)


class _Budgets:
    """One gate to the Hub for all lanes that share its request quota."""

    def __init__(self, queue: RedisClient, token: SecretStr | None) -> None:
        self._queue = queue
        self._token = token
        self._made: dict[str, HubBudget] = {}

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
