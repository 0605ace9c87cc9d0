"""What an operator decides about a collector."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class CollectorOptions:
    """Plain values, checked where the settings are read."""

    listen: tuple[str, int] = ("127.0.0.1", 0)  # address and port; port 0: any free one
    hosts: tuple[str, ...] = ("127.0.0.1",)  # under which workers may reach it, likeliest first
    certificate: Path | None = None  # with it, TLS
    key: Path | None = None
