"""The event log as people read it."""

import time
from collections.abc import Iterator
from functools import partial
from typing import Final

from hfdl_core.models import Event, JobId
from hfdl_core.queue import RedisClient
from hfdl_tui.cli.output import emit
from hfdl_tui.cli.patience import Patience

_PAGE: Final = 1000
_POLL_SECONDS: Final = 1.0


def all_events(client: RedisClient, job_id: JobId | None) -> Iterator[Event]:
    """Every event that is kept, oldest first."""
    after = "-"
    while page := client.events(job_id, after=after, limit=_PAGE):
        yield from page
        after = page[-1].event_id


def new_events(client: RedisClient, job_id: JobId | None) -> Iterator[Event]:
    """The same, and then each as it happens; never ends, waits while Redis is away."""
    after = "-"
    patience = Patience()
    while True:
        page = patience.read(partial(client.events, job_id, after=after, limit=_PAGE))
        for event in page or ():
            yield event
            after = event.event_id
        if not page:
            time.sleep(_POLL_SECONDS)


def emit_event(event: Event) -> None:
    """One line: local time, what happened, to which file, at which worker."""
    at = event.at.astimezone().strftime("%Y-%m-%d %H:%M:%S")
    parts = [at, event.kind, event.text, event.path, event.worker and f"({event.worker})"]
    emit("  ".join(part for part in parts if part))
