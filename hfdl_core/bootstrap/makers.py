"""Masters, readers and doctors from the settings."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from hfdl_core.bootstrap.opening import OpenQueue
from hfdl_core.errors import UsageError
from hfdl_core.logs import Redactor
from hfdl_core.monitor import FleetWatch, JobMonitor
from hfdl_core.settings import Settings

# Loaded where they are made: `hfdl status` answers in a fraction of a second because it does not
# pay for the Hub's and the worker's libraries.
if TYPE_CHECKING:
    from hfdl_core.doctor import Doctor
    from hfdl_core.hub import HubCatalog, RepoReference, RetryPatience
    from hfdl_core.master import MasterNode


def make_catalog(settings: Settings, patience: "RetryPatience | None" = None) -> "HubCatalog":
    """The Hub as this machine reaches it; whoever waits at a screen has a patience of their own."""
    if settings.hf_hub_offline:
        raise UsageError("HF_HUB_OFFLINE is set: unset it to list and download")
    from hfdl_core.hub import HubCatalog

    return HubCatalog(
        settings.hf_endpoint,
        settings.hf_token,
        ca_file=settings.ca_file,
        proxy=settings.proxy[0] if settings.proxy else None,
        user_agent=settings.user_agent,
        patience=patience,
    )


@contextmanager
def make_master(settings: Settings, queue: OpenQueue) -> "Iterator[MasterNode]":
    """A master whose relative destinations begin at the working directory."""
    from hfdl_core.master import MasterNode

    with make_catalog(settings) as catalog:
        yield MasterNode(queue.client, catalog, Path.cwd(), settings.hf_endpoint)


def make_monitor(queue: OpenQueue) -> JobMonitor:
    return JobMonitor(queue.client)


def make_watch(queue: OpenQueue) -> FleetWatch:
    return FleetWatch(queue.client)


def make_doctor(
    settings: Settings, environ: Mapping[str, str], repo: "RepoReference | None" = None
) -> "Doctor":
    """One who looks at this machine as these settings make it, and at a repo if one is named."""
    from hfdl_core.doctor import Doctor, chains_of

    return Doctor(chains_of(settings, environ, repo), Redactor(settings.secrets()))
