"""What kinds of events there are, each with a sign and words that stand before its text."""

from typing import Final

from hfdl_core.models import Event
from hfdl_tui.dashboard.view.event_book import MISSED
from hfdl_tui.dashboard.view.glyphs import Glyphs, Sign

# Field of Glyphs, style, words before the text; none where the text says it all.
_KINDS: Final = {
    "job_created": ("idle", "idle", "job made"),
    "job_sealed": ("running", "running", "job planned"),
    "job_paused": ("paused", "paused", "job"),
    "job_resumed": ("running", "running", "job"),
    "job_cancelled": ("idle", "idle", "job"),
    "job_completed": ("check", "done", "job complete"),
    "job_failed": ("cross", "failed", "job failed"),
    "rebuilt": ("retry", "retry", ""),
    "reopened": ("retry", "retry", "fetched again"),
    "requeued": ("retry", "retry", ""),
    "hurried": ("retry", "retry", ""),
    "task_failed": ("cross", "failed", "failed"),
    "task_retrying": ("retry", "retry", "tried again later"),
    "released": ("idle", "idle", "given back"),
    "stolen": ("running", "running", "took over"),
    "lease_expired": ("warn", "warn", "work taken back"),
    "worker_joined": ("running", "running", "worker"),
    "worker_left": ("idle", "idle", "worker left"),
    "stepped_aside": ("warn", "warn", "stepped aside"),
    "limited": ("draining", "drain", ""),
    "order_failed": ("cross", "failed", "order failed"),
    MISSED: ("ellipsis", "warn", ""),
}


def event_sign(kind: str, glyphs: Glyphs) -> Sign:
    """Kinds that a newer version writes have a sign of their own."""
    field, style, _ = _KINDS.get(kind, ("separator", "dim", ""))
    return Sign(str(getattr(glyphs, field)), style, kind)


def event_words(event: Event) -> str:
    """Such as `given back: the job is paused`."""
    known = _KINDS.get(event.kind)
    before = event.kind.replace("_", " ") if known is None else known[2]
    return ": ".join(part for part in (before, event.text) if part)


def is_own(event: Event) -> bool:
    """A remark of this window: the queue does not know of it."""
    return not event.event_id
