"""Every verb, where its module is, and what it does in one line."""

from collections.abc import Mapping
from typing import Final, NamedTuple


class Entry(NamedTuple):
    module: str  # under hfdl_tui.cli.verbs; holds a command named like the verb
    summary: str


SECTIONS: Final[Mapping[str, Mapping[str, Entry]]] = {
    "Download": {
        "get": Entry("get", "everything at once: plan, local worker, progress, verified result"),
        "master": Entry("master", "create a job and print its id; workers do the rest"),
        "worker": Entry("worker", "take work from the queue and fetch it"),
        "collect": Entry("collect", "take over a gather job whose master is gone"),
        "ls": Entry("ls", "what the Hub lists, with sizes"),
    },
    "Watch": {
        "status": Entry("status", "all jobs, or one; --watch follows it to its end"),
        "queue": Entry("queue", "counts per task state, per job"),
        "workers": Entry("workers", "workers, last heartbeat, speed, what each is doing"),
        "tasks": Entry("tasks", "the tasks of a job: range, try, worker, error"),
        "events": Entry("events", "the event log"),
    },
    "Steer": {
        "requeue": Entry("steer", "failed tasks back to the queue"),
        "pause": Entry("steer", "hand out no more work of a job"),
        "resume": Entry("steer", "go on with a paused or cancelled job"),
        "cancel": Entry("steer", "end a job; what is on disk stays"),
        "drain": Entry("steer", "no new work for a worker; what is in hand is finished"),
        "undrain": Entry("steer", "give a drained worker work again"),
        "limit": Entry("limit", "rate limit, live, for one worker or the fleet"),
    },
    "Check": {
        "verify": Entry("verify", "re-hash what is on disk"),
        "server": Entry("server", "the embedded server in the foreground, for other machines"),
        "doctor": Entry("doctor", "one line a check, and what to do"),
        "demo": Entry("demo", "a local pretend Hub with workers: no network, no token"),
    },
}

VERBS: Final[Mapping[str, Entry]] = {
    name: entry for section in SECTIONS.values() for name, entry in section.items()
}
