"""What kinds of events there are, each with a sign and words that stand before its text."""

import re
from typing import Final

from hfdl_core.models import Event
from hfdl_tui.dashboard.view.drawing.glyphs import Glyphs, Sign
from hfdl_tui.dashboard.view.events.event_book import MISSED
from hfdl_tui.wording import figures

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
# Written by scripts within Redis, which know neither units nor how people call a worker.
_FOR_PROGRAMS: Final = frozenset({"job_sealed", "stolen", "lease_expired"})
_BYTES: Final = re.compile(r"\b([0-9]{1,18}) bytes\b")
_COUNT: Final = re.compile(r"^[0-9]{4,9}(?= files)")
_PROCESS: Final = re.compile(r"/[0-9a-f]{8}\b")


def event_sign(kind: str, glyphs: Glyphs) -> Sign:
    """Kinds that a newer version writes have a sign of their own."""
    field, style, _ = _KINDS.get(kind, ("separator", "dim", ""))
    return Sign(str(getattr(glyphs, field)), style, kind)


def event_words(event: Event) -> str:
    """Such as `given back: the job is paused`."""
    known = _KINDS.get(event.kind)
    before = event.kind.replace("_", " ") if known is None else known[2]
    text = _for_people(event.text) if event.kind in _FOR_PROGRAMS else event.text
    return ": ".join(part for part in (before, text) if part)


def worker_of(event: Event) -> str:
    """Its id; a job's log names the process, too: `w-07/1f6c0b2a`."""
    return event.worker.rpartition("/")[0] or event.worker


def is_own(event: Event) -> bool:
    """A remark of this window: the queue does not know of it."""
    return not event.event_id


def _for_people(text: str) -> str:
    text = _BYTES.sub(lambda found: figures.size(int(found[1])), text)
    return _PROCESS.sub("", _COUNT.sub(lambda found: figures.count(int(found[0])), text))
