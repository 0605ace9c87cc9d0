"""What an operator decides about a collector."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path


def nowhere() -> str | None:
    """For collectors whose queue is not opened while they run."""
    return None


@dataclass(frozen=True, slots=True)
class CollectorOptions:
    """Plain values, checked where the settings are read."""

    listen: tuple[str, int] = ("127.0.0.1", 0)  # address and port; port 0: any free one
    hosts: tuple[str, ...] = ("127.0.0.1",)  # under which workers may reach it, likeliest first
    certificate: Path | None = None  # with it, TLS
    key: Path | None = None
    # The host at which the queue is open to other machines now; asked every second.
    opened_on: Callable[[], str | None] = nowhere
    ports_for_others: Sequence[int] = (0,)  # the first that is free is taken there
