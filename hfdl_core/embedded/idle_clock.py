"""How long nobody has used a server."""

from collections.abc import Callable


class IdleClock:
    """Fed with the server's own counts, which include the supervisor's one connection."""

    def __init__(self, limit_seconds: float, now: Callable[[], float]) -> None:
        self.limit_seconds = limit_seconds
        self._now = now
        self._last_used = now()
        self._connections_received = 0
        self._somebody_is_there = False

    def note(self, connected: int, connections_received: int) -> None:
        """Somebody is there, or came and went since the last look."""
        self._somebody_is_there = connected > 1
        if self._somebody_is_there or connections_received != self._connections_received:
            self._last_used = self._now()
        self._connections_received = connections_received

    @property
    def is_over(self) -> bool:
        if self._somebody_is_there:
            return False  # also with a limit of 0
        return self._now() - self._last_used >= self.limit_seconds
