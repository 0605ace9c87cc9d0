"""The lines on top of every page: which job, how far, how fast, what limits it."""

from collections import Counter
from datetime import UTC, datetime
from typing import Final

from hfdl_core.models import JobState, JobStatus, LimitedBy, WorkerState
from hfdl_tui.dashboard.view.drawing.bars import ages, framed_bar, spark
from hfdl_tui.dashboard.view.drawing.glyphs import Glyphs
from hfdl_tui.dashboard.view.drawing.spans import Span, Spans, cut, fitted, justified, width_of
from hfdl_tui.dashboard.view.link import Link, LinkState
from hfdl_tui.dashboard.view.short_ids import ShortIds
from hfdl_tui.dashboard.view.store import Store
from hfdl_tui.wording import figures

WIDE: Final = 100
STALE_INTERVALS: Final = 3
_LEAST_NAME: Final = 8  # columns
_BAR_WIDE, _BAR_NARROW = 54, 18
_SPARK: Final = 10

LIMITS: Final = {
    LimitedBy.CAPS: "caps",
    LimitedBy.HUB_BUDGET: "the Hub's budget of requests",
    LimitedBy.DISK: "disk full",
    LimitedBy.TAIL: "the tail",
    LimitedBy.NO_WORKERS: "no workers (J)",
    LimitedBy.COLLECTOR: "no collector",
    LimitedBy.REDIS: "Redis",
    LimitedBy.ACCESS: "no way to the files (3)",
    LimitedBy.RETRY_WAIT: "waiting to retry",
    LimitedBy.VERIFYING: "verifying",
    LimitedBy.PAUSED: "paused (p)",
}


def short_id(store: Store, job_id: str) -> str:
    """As few letters as tell it from the others, four at least."""
    return short_ids(store).of(job_id)


def short_ids(store: Store) -> ShortIds:
    """For more than one: they are sorted once."""
    return ShortIds(job.job_id for job in (store.view.jobs if store.view else ()))


def job_line(
    store: Store,
    link: Link,
    glyphs: Glyphs,
    width: int,
    *,
    interval_seconds: float,
    remarks: Spans,
) -> Spans:
    """Who and in which state at the left; Redis, age of the data and the time at the right."""
    wide = width >= WIDE
    gap = "   " if wide else "  "
    redis = _redis(store, link, glyphs)
    left = _who(store, link, glyphs, width - width_of([*redis, (gap, "")]), wide=wide)
    clock = datetime.fromtimestamp(store.server_now(), UTC).astimezone().strftime("%H:%M:%S")
    age = _age(store, link, glyphs, interval_seconds, wide=wide)
    pace: Spans = [(f"every {interval_seconds:g} s", "dim")] if wide else []
    right: list[tuple[int, Spans]] = [
        (4, pace),
        (1, remarks),
        (0, redis),
        (2, age),
        (3, [(clock, "")]),
    ]
    return justified(left, right, width, gap=gap)


def _who(store: Store, link: Link, glyphs: Glyphs, width: int, *, wide: bool) -> Spans:
    """The job; a name without end is shortened, so that its state is seen."""
    job = store.job
    begin: Span = (" hfdl  " if wide else " ", "bold")
    if job is None:
        return [begin, ("", "") if store.view is None else ("no job", "dim")]
    commit = f" @ {job.commit[:7]}" if wide else f" @{job.commit[:7]}"
    short = short_id(store, job.job_id)
    job_words = f"   job {short}  " if wide else f"  {short} "
    rest: Spans = [(commit, "dim"), (job_words, ""), _state(job, link, glyphs)]
    name = cut([(job.repo_id, "bold")], max(_LEAST_NAME, width - width_of([begin, *rest])))
    return [begin, *name, *rest]


def progress_line(store: Store, link: Link, glyphs: Glyphs, width: int) -> Spans:
    """How far, and when it is done; narrow screens find the speed here, too."""
    job = store.job
    if store.view is None:
        return cut([(" the queue was not read yet", "dim")], width)
    if job is None:
        words = " nothing is downloaded: 2 browses a repo, o opens another one"
        return cut([(words, "dim")], width)
    wide = width >= WIDE
    total = job.bytes_total
    is_complete = job.status is JobState.COMPLETED
    # Files without a byte have no share of bytes.
    share = 1.0 if is_complete else min(0.999, job.bytes_completed / total if total else 0.0)
    percent = figures.percent(job.bytes_completed, total, is_complete=is_complete)
    left = figures.duration(job.eta_seconds) if link.is_up else figures.NOTHING
    drawn: Spans = [
        (" ", ""),
        (
            framed_bar(share, _BAR_WIDE if wide else _BAR_NARROW, glyphs),
            "done" if is_complete else "running",
        ),
        (f" {percent}", "bold"),
    ]
    how_much: Spans = [(f"{_of(job.bytes_completed, total)}", "")]
    files: Spans = [
        (f"{figures.count(job.files_completed)} / {figures.files(job.files_total)}", "")
    ]
    ends: Spans = [] if job.status.is_finished else [(f"ETA {left}", "")]
    if wide:
        return fitted([drawn, how_much, files, ends], width)
    speed = [] if job.status.is_finished else _speed(store, link, glyphs)
    return fitted([drawn, how_much, ends, speed], width, gap="  ")


def limits_line(store: Store, link: Link, width: int) -> Spans:
    """Speed against the sum of the caps, what limits, and what more machines would bring."""
    job = store.job
    if job is None or job.status.is_finished:
        return _ended(job, width)
    if not link.is_up:
        was = figures.rate(store.speed.smoothed)
        return fitted([[(" — ", ""), (f"(was {was})", "dim")]], width)
    speed, caps = store.speed.smoothed, store.caps()
    links = [worker for worker in store.live_workers if worker.tasks]
    share = f", {min(1.0, speed / caps):.0%} of their caps".replace("%", " %") if caps > 0 else ""
    many = "1 link" if len(links) == 1 else f"{len(links)} links"
    now: Spans = [(f" {figures.rate(speed)}", "bold"), (f" = {many}{share}", "")]
    if speed < 1:
        now = [(" nothing moves", "bold")]
    limit: Spans = []
    if job.limited_by in LIMITS:
        grave = job.limited_by not in {LimitedBy.CAPS, LimitedBy.TAIL, LimitedBy.VERIFYING}
        limit = [("limited by: ", ""), (LIMITS[job.limited_by], "warn" if grave else "accent")]
    # A speed that only fades away says nothing of what is to come.
    compared = _comparisons(store, job, speed, caps) if links else []
    return fitted([now, limit, *compared], width, gap=" · ")


def counts_line(store: Store, glyphs: Glyphs, width: int) -> Spans:
    """Workers by state, and what needs attention."""
    workers = store.workers
    numbers = Counter(worker.status for worker in workers)
    numbers[WorkerState.LOST] = len(store.lost_workers)
    counts: list[Spans] = []
    for state in WorkerState:
        number = numbers[state]
        if number and state is not WorkerState.LEFT:
            sign = glyphs.worker(state)
            counts.append([(f"{number} ", ""), sign.cell, (f" {spoken(state)}", "dim")])
    slow = sum(store.is_slow(worker) for worker in workers)
    if slow:
        counts.append([(f"{slow} {glyphs.warn} slow", "warn")])
    if store.view is None:
        return []
    if not counts:
        counts = [[("no workers", "dim")]]
    counts[0] = [(" ", ""), *counts[0]]
    return fitted(counts, width)


def _comparisons(store: Store, job: JobStatus, speed: float, caps: float) -> list[Spans]:
    live = len([worker for worker in store.live_workers if store.cap_of(worker) > 0])
    if speed < 1 or live == 0:
        return []
    one = caps / live
    alone = figures.duration(job.bytes_total / one)
    together = figures.duration(job.bytes_total / speed)
    left = job.bytes_total - job.bytes_completed
    sooner = left / speed - left / (speed + one)
    # Slower than one alone is a fleet in trouble: when it would be done that way helps nobody.
    parts: list[Spans] = [[(f"alone {alone}, now {together}", "")]] if speed > one else []
    if sooner >= 1 and job.limited_by in {LimitedBy.CAPS, LimitedBy.NONE}:
        parts.append([(f"+1 machine −{figures.duration(sooner)}", "dim")])
    return parts


def _ended(job: JobStatus | None, width: int) -> Spans:
    if job is None:
        return []
    took = figures.duration((job.updated_at - job.created_at).total_seconds())
    match job.status:
        case JobState.COMPLETED:
            words = f" {figures.files(job.files_total)} verified in {job.destination}, {took}"
            return fitted([[(words, "done")]], width)
        case JobState.FAILED:
            words = f" {figures.files(job.files_failed)} failed: 4, then r tries again"
            return fitted([[(words, "failed")]], width)
        case _:
            return fitted([[(" cancelled; what is on disk stays. p lets it go on", "dim")]], width)


def _state(job: JobStatus, link: Link, glyphs: Glyphs) -> tuple[str, str]:
    if not link.is_up:
        return f"{glyphs.unknown} UNKNOWN", "dim"
    sign = glyphs.job(job.status)
    return f"{sign.glyph} {sign.word}", sign.style


def _redis(store: Store, link: Link, glyphs: Glyphs) -> Spans:
    match link.state:
        case LinkState.CONNECTING:
            return [("redis ", ""), (f"{glyphs.idle} connecting", "dim")]
        case LinkState.UP:
            trip = store.view.round_trip_seconds if store.view else 0.0
            return [("redis ", ""), (glyphs.running, "running"), (f" {trip * 1000:.0f} ms", "")]
        case LinkState.DOWN | LinkState.REFUSED:
            return [("redis ", ""), (f"{glyphs.cross} {ages(store.data_age())}", "failed")]


def _age(store: Store, link: Link, glyphs: Glyphs, interval: float, *, wide: bool) -> Spans:
    if store.view is None or not link.is_up:
        return []
    age = store.data_age()
    words = f"data {age:.1f} s old" if wide else f"{age:.1f} s old"
    if age > STALE_INTERVALS * interval:
        return [(f"{glyphs.warn} {words}", "warn")]
    return [(words, "dim")]


def _speed(store: Store, link: Link, glyphs: Glyphs) -> Spans:
    if not link.is_up:
        return [(f"— (was {figures.rate(store.speed.smoothed)})", "dim")]
    line = spark(store.speed.recent[-_SPARK:], _SPARK, glyphs)
    return [(figures.rate(store.speed.smoothed), "bold"), (f" {line}", "running")]


def _of(done: int, total: int) -> str:
    """`130 / 300 GB`: the unit once when both have the same."""
    here, whole = figures.size(done), figures.size(total)
    if here.rpartition(" ")[2] == whole.rpartition(" ")[2]:
        here = here.rpartition(" ")[0]
    return f"{here} / {whole}"


def spoken(state: WorkerState | LimitedBy) -> str:
    return state.replace("_", " ")
