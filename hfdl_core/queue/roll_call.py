"""Reads how all workers are: those that live by their own status, the silent by the roster."""

from collections.abc import Mapping, Sequence
from typing import Final

from hfdl_core.models import WorkerStatus
from hfdl_core.queue.keys import FLEET_ROSTER, FLEET_SEEN, worker_key
from hfdl_core.queue.plain_text import decoded
from hfdl_core.queue.roster import (
    STATUS_SECONDS,
    RosterEntry,
    Seen,
    read_entry,
    read_status,
)
from hfdl_core.queue.rounds import Rounds

_Heard = tuple[float, Mapping[str, bytes]]  # the server's time; ms of each last beat as stored
# A status is looked for a little longer than it lasts: the two times are not read at once.
_MAYBE_THERE_SECONDS: Final = STATUS_SECONDS + 2.0


class RollCall:
    """Remembers what it read: half of the workers say nothing new within a second.

    The roster's lines of the silent stand still until they are heard again.
    """

    def __init__(self) -> None:
        self._fresh: Mapping[str, tuple[bytes, WorkerStatus]] = {}
        self._silent: Mapping[str, tuple[bytes, RosterEntry | None]] = {}

    def ask(self) -> Rounds[tuple[float, list[Seen]]]:
        """The server's time, and everyone on the roster that this version can read."""
        now, heard = yield from _ask_heard()
        ago = {member: max(0.0, now - float(ms) / 1000) for member, ms in heard.items()}
        recent = [member for member in heard if ago[member] <= _MAYBE_THERE_SECONDS]
        fresh = yield from self._ask_statuses(recent)
        entries = yield from self._ask_entries(
            {member: ms for member, ms in heard.items() if member not in fresh}
        )
        everyone = [Seen(member, status, ago[member]) for member, status in fresh.items()]
        everyone += [
            Seen(member, entry.status, ago[member], entry.left, entry.jobs)
            for member, entry in entries.items()
        ]
        return now, everyone

    def _ask_statuses(self, members: Sequence[str]) -> Rounds[dict[str, WorkerStatus]]:
        if not members:
            return {}
        [told] = yield [("MGET", *(worker_key(member) for member in members))]
        read = {}
        for member, raw in zip(members, told, strict=True):
            before = self._fresh.get(member)
            if before is not None and before[0] == raw:
                read[member] = before
            elif (status := read_status(raw)) is not None:
                read[member] = (raw, status)
        self._fresh = read
        return {member: status for member, (_, status) in read.items()}

    def _ask_entries(self, silent: Mapping[str, bytes]) -> Rounds[dict[str, RosterEntry]]:
        kept = {
            member: line
            for member, line in self._silent.items()
            # Whoever was heard or said goodbye meanwhile has another line now.
            if silent.get(member) == line[0]
        }
        new = [member for member in silent if member not in kept]
        if new:
            [lines] = yield [("HMGET", FLEET_ROSTER, *new)]
            for member, raw in zip(new, lines, strict=True):
                kept[member] = (silent[member], read_entry(raw))
        self._silent = kept
        return {member: entry for member, (_, entry) in kept.items() if entry is not None}


def _ask_heard() -> Rounds[_Heard]:
    (seconds, microseconds), scored = yield [
        ("TIME",),
        ("ZRANGE", FLEET_SEEN, 0, -1, "WITHSCORES"),
    ]
    heard = {decoded(member): ms for member, ms in zip(scored[::2], scored[1::2], strict=True)}
    return int(seconds) + int(microseconds) / 1e6, heard
