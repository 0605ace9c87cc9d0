"""How the dashboard stands with Redis."""

from dataclasses import dataclass
from enum import StrEnum

from hfdl_core.errors import HfdlError, ProtocolMismatch, QueueRefused


class LinkState(StrEnum):
    CONNECTING = "connecting"  # nothing was seen yet, and nothing failed
    UP = "up"
    DOWN = "down"  # tried again and again
    REFUSED = "refused"  # reached, but not let in or not understood: people must change something


@dataclass(frozen=True, slots=True)
class Link:
    """Times are of the monotonic clock."""

    state: LinkState = LinkState.CONNECTING
    since: float = 0.0  # of this state; while down, of the last good look
    reason: str = ""
    attempt: int = 0
    next_try_at: float = 0.0

    @property
    def is_up(self) -> bool:
        return self.state is LinkState.UP

    def looked(self, now: float) -> "Link":
        return self if self.is_up else Link(LinkState.UP, now)

    def failed(self, error: HfdlError, attempt: int, wait_seconds: float, now: float) -> "Link":
        refused = isinstance(error, QueueRefused | ProtocolMismatch)
        return Link(
            state=LinkState.REFUSED if refused else LinkState.DOWN,
            since=self.since if self.state in {LinkState.DOWN, LinkState.REFUSED} else now,
            reason=str(error),
            attempt=attempt,
            next_try_at=now + wait_seconds,
        )
