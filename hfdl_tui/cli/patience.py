"""Waiting for a Redis that is away, told once when it goes and once when it is back."""

from collections.abc import Callable
from typing import TypeVar

from hfdl_core.errors import QueueUnavailable
from hfdl_tui.cli.output import tell

T = TypeVar("T")


class Patience:
    """For whoever watches: the workers wait for Redis, so does their audience."""

    def __init__(self) -> None:
        self._is_away = False

    def read(self, read: Callable[[], T]) -> T | None:
        """What `read` returns; None while Redis does not answer."""
        try:
            answer = read()
        except QueueUnavailable as error:
            if not self._is_away:
                tell(f"{error}; waiting for it")
            self._is_away = True
            return None
        if self._is_away:
            tell("redis answers again")
        self._is_away = False
        return answer
