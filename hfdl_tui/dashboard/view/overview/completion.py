"""What a finished job came to."""

from typing import Final

from hfdl_core.models import Delivery, JobStatus
from hfdl_tui.dashboard.view.drawing.glyphs import Glyphs
from hfdl_tui.dashboard.view.drawing.spans import Spans, cut
from hfdl_tui.dashboard.view.store import Store
from hfdl_tui.wording import figures

_LABEL: Final = 12


def completion_card(store: Store, job: JobStatus, glyphs: Glyphs, width: int) -> list[Spans]:
    """Bytes, time, time alone, files verified and where they are."""
    seconds = (job.updated_at - job.created_at).total_seconds()
    mean = job.bytes_total / seconds if seconds > 0 else 0.0
    took = f"{figures.duration(seconds)}"
    if mean >= 1:
        took += f", {figures.rate(mean)} on average"
    facts: dict[str, str] = {
        "size": figures.size(job.bytes_total),
        "time": took,
        "alone": _alone(store, job),
        "verified": f"{figures.files(job.files_total)}, each against the Hub's digest",
        "where": _where(store, job),
    }
    sign = f"{glyphs.check} {job.repo_id} is complete"
    lines: list[Spans] = [[(" ", ""), (sign, "done")]]
    lines += [[(f"   {name:<{_LABEL}}", "dim"), (fact, "")] for name, fact in facts.items() if fact]
    lines.append([("   V hashes again what is on this disk · 2 browses for another job", "dim")])
    return [cut(line, width) for line in lines]


def _alone(store: Store, job: JobStatus) -> str:
    """How long one link of middling speed would have taken; nothing when no speed is known."""
    caps = [store.cap_of(worker) for worker in store.live_workers]
    known = [cap for cap in caps if cap > 0]
    if len(known) < 2:  # noqa: PLR2004 - alone it was one
        return ""
    one = sum(known) / len(known)
    return f"about {figures.duration(job.bytes_total / one)} with one of the {len(known)} links"


def _where(store: Store, job: JobStatus) -> str:
    snapshot = store.view.snapshots.get(job.job_id) if store.view else None
    match job.deliver:
        case Delivery.KEEP:
            return f"{job.destination} on each worker that fetched"
        case Delivery.GATHER if snapshot is not None:
            return f"{job.destination} on {snapshot.collects_on[1]}"
        case _:
            return job.destination
