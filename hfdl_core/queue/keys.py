"""The names of all keys: one hash tag per job, one for the fleet, and nothing else."""

from typing import Final

from hfdl_core.models import JobId

# Deleting a job unlinks exactly these.
JOB_KEYS: Final = (
    "meta",  # HASH: state, epoch, seq, beat, spec, totals, the collector
    "plan",  # HASH page -> packed files
    "sizes",  # HASH page -> cmsgpack array of file sizes, of pages that hold batches
    "pend",  # ZSET id -> minus the file's size: the largest file first, then in file order
    "delay",  # ZSET id -> ms when the next try is due
    "lease",  # ZSET id -> ms when the lease ends
    "live",  # HASH id -> cmsgpack record of the lease
    "tok",  # HASH token -> id of its lease
    "eta",  # ZSET id -> ms when a range is expected to be done; gather only
    "open",  # ZSET id -> 0 of ranges leased, delayed or failed: found by file; gather only
    "over",  # HASH token -> how its lease ended, so that a repeat gets the first answer
    "overq",  # ZSET token -> ms when its lease ended
    "done",  # bitmap by file index
    "gen",  # HASH file index -> generation; absent: 0
    "frem",  # HASH file index -> bytes still missing; gather only
    "att",  # HASH budget key -> failed attempts
    "crash",  # HASH budget key -> leases that ran out
    "best",  # HASH budget key -> highest position at which an attempt ended
    "failed",  # ZSET id -> ms when it failed for good
    "note",  # HASH id -> json of the last error, for delayed and failed ids
    "ffail",  # HASH file index -> number of its failed ids
    "via", # HASH file index -> how it came, when not by http
    "cnt",  # HASH of counters
    "ev",  # STREAM, the newest 10,000 or so
)  # fmt: skip

_FLEET = "hfdl:{fleet}:"

FLEET_EPOCH: Final = f"{_FLEET}epoch"
FLEET_JOBS: Final = f"{_FLEET}jobs"  # ZSET job -> ms of its creation
FLEET_DESTINATIONS: Final = f"{_FLEET}dest"  # HASH destination -> job that writes there
FLEET_SEEN: Final = f"{_FLEET}seen"  # ZSET worker/boot -> ms of the last heartbeat
FLEET_ROSTER: Final = f"{_FLEET}roster"  # HASH worker/boot -> json
FLEET_BOOTS: Final = f"{_FLEET}boot"  # HASH worker -> boot that was heard last
FLEET_DRAIN: Final = f"{_FLEET}drain"  # SET of worker ids
FLEET_LIMITS: Final = f"{_FLEET}limits"  # HASH worker id, or * for all -> rate or timetable
FLEET_EVENTS: Final = f"{_FLEET}ev"


def job_key(job_id: JobId, name: str) -> str:
    return f"hfdl:{{{job_id}}}:{name}"


def worker_key(member: str) -> str:
    """Of `worker/boot`: its status, which expires by itself."""
    return f"{_FLEET}worker:{member}"


def quota_key(owner: str, bucket: str) -> str:
    """Of those who share the Hub's requests: what is left of them, which expires by itself."""
    return f"{_FLEET}quota:{owner}:{bucket}"
