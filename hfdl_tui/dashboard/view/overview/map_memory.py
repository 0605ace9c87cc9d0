"""What the map of files remembers from look to look: which ranges changed hands, what was done."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from operator import attrgetter, itemgetter
from typing import Final, NamedTuple

from hfdl_core.models import JobId
from hfdl_core.monitor import FleetView
from hfdl_core.queue import FileInProgress, LeaseInHand
from hfdl_tui.dashboard.view.store import Store

FRESH_SECONDS: Final = 2.0


class _Claim(NamedTuple):
    """The bytes that were a worker's own."""

    worker_id: str
    begin: int
    end: int


class MapMemory:
    """Fed by every look; times are of any clock that goes on."""

    def __init__(self) -> None:
        self._job_id: JobId | None = None
        self._seen: FleetView | None = None  # the look that was seen last
        self._claims: dict[int, list[_Claim]] = {}
        self._fresh: dict[tuple[int, str, int], float] = {}  # until when
        self._verified: dict[int, None] = {}  # in the order in which it was seen

    def see(self, store: Store, now: float) -> None:
        """The same look a second time tells nothing new."""
        if store.job_id != self._job_id:
            self._job_id = store.job_id
            self._forget()
        if store.view is self._seen:
            return
        self._seen = store.view
        self._fresh = {key: until for key, until in self._fresh.items() if until > now}
        known, self._claims = self._claims, {}
        for file in store.files:
            before = known.get(file.file_index, [])
            for lease in file.leases:
                if _changed_hands(lease, before):
                    self._fresh[_key(file, lease)] = now + FRESH_SECONDS
            claims = [*_claims(file), *_orphans(file, before)]
            self._claims[file.file_index] = sorted(claims, key=attrgetter("begin"))
            if file.is_verified:
                self._verified.setdefault(file.file_index)

    def is_fresh(self, file: FileInProgress, lease: LeaseInHand, now: float) -> bool:
        """Whether this range was another worker's until just now."""
        return self._fresh.get(_key(file, lease), now) > now

    def chosen(self, files: Sequence[FileInProgress], most: int) -> list[FileInProgress]:
        """Those for which there is room, in their own order: what moves, then what was done."""
        if len(files) <= most:
            return list(files)
        lately = {index: -at for at, index in enumerate(self._verified)}

        def rank(file: FileInProgress) -> tuple[int, int]:
            if file.leases:
                return 0, 0
            return (1, lately.get(file.file_index, 0)) if file.is_verified else (2, 0)

        kept = sorted(files, key=rank)[:most]
        return sorted(kept, key=lambda file: file.file_index)

    def forget_owners(self) -> None:
        """What the next look shows is no change."""
        self._claims.clear()

    def _forget(self) -> None:
        """Another job's files have the same numbers."""
        self._claims.clear()
        self._fresh.clear()
        self._verified.clear()


def _key(file: FileInProgress, lease: LeaseInHand) -> tuple[int, str, int]:
    return file.file_index, lease.worker_id, lease.begin


def _claims(file: FileInProgress) -> list[_Claim]:
    return [_Claim(lease.worker_id, lease.begin, lease.end) for lease in file.leases]


def _orphans(file: FileInProgress, before: Sequence[_Claim]) -> list[_Claim]:
    """What nobody has taken over yet from a worker that is gone."""
    held = [(lease.begin, lease.end) for lease in file.leases]
    return [claim for claim in before if not _overlaps(claim, held) and _overlaps(claim, file.open)]


def _overlaps(claim: _Claim, sorted_ranges: Sequence[tuple[int, int]]) -> bool:
    """Ranges that do not overlap each other: a file may have thousands."""
    at = bisect_left(sorted_ranges, claim.end, key=itemgetter(0)) - 1
    return at >= 0 and sorted_ranges[at][1] > claim.begin


def _changed_hands(lease: LeaseInHand, before: Sequence[_Claim]) -> bool:
    """Whether its first byte was somebody else's at the last look."""
    at = bisect_right(before, lease.begin, key=attrgetter("begin")) - 1
    return at >= 0 and before[at].end > lease.begin and before[at].worker_id != lease.worker_id
