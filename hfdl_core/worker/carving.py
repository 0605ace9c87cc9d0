"""How much of a file one claim takes: a few seconds of work, less towards the end."""

from hfdl_core.queue import JobSnapshot
from hfdl_core.worker.lanes import LaneLine
from hfdl_core.worker.lease_keeper import CROWD_REPORT_SECONDS, REPORT_SECONDS

LEAST_BYTES = 1 << 20
_SECONDS_OF_WORK = 8.0
_SHARES = 4  # of what is left, for each connection now at work
LEAST_STOLEN_BYTES = 128 << 10
_LATE_SECONDS = 1.0


def carve_bytes(snapshot: JobSnapshot, lane: LaneLine) -> int:
    """The longest range to claim, in bytes, 0 for any; small while the speed is not known.

    Small pieces taken one after another come close to the sum of the links; longer ones save
    requests while there is much to do.
    """
    if lane.downloader.prefers_whole:
        return 0
    left = snapshot.bytes_total - snapshot.bytes_completed - snapshot.bytes_live
    share = left // (_SHARES * (snapshot.in_progress + 1))
    speed = lane.speed.bytes_per_second() / lane.connections
    return max(LEAST_BYTES, min(share, int(speed * _SECONDS_OF_WORK)))


def silent_seconds(*, is_crowd: bool) -> float:
    """Who has missed two reports is taken for silent."""
    return 2 * (CROWD_REPORT_SECONDS if is_crowd else REPORT_SECONDS) + _LATE_SECONDS
