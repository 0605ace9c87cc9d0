"""How a pretend Hub behaves; every field may be changed while it runs."""

from dataclasses import dataclass, field
from enum import StrEnum

from hfdl_tui.demo.hub.quotas import Quotas


class ResolveStyle(StrEnum):
    """Whether file URLs redirect, as the Hub does, or answer at once, as mirrors do."""

    REDIRECT = "redirect"
    DIRECT = "direct"


class Paging(StrEnum):
    """Whether a listing ends, or its `next` link leads to the same page for ever."""

    FINITE = "finite"
    ENDLESS = "endless"


@dataclass(slots=True)
class HubOptions:
    """Addresses, page sizes, limits and quirks; sizes in bytes, times in seconds.

    The CDN must stand on another host name than the Hub: clients tell them apart by it.
    """

    host: str = "127.0.0.1"
    port: int = 0
    cdn_host: str = "127.0.0.2"
    cdn_port: int = 0
    page_size: int = 1000
    expanded_page_size: int = 50
    paging: Paging = Paging.FINITE
    link_base: str | None = None  # mirrors let the next link name the upstream host
    siblings_limit: int = 100_000
    resolve_style: ResolveStyle = ResolveStyle.REDIRECT
    signature_seconds: float = 3600.0
    gzip_text: bool = True
    unranged_limit: int = 200_000_000_000
    quotas: Quotas = field(default_factory=Quotas)
    client_rate: float | None = None
    total_rate: float | None = None
    admin: bool = False
    log_size: int = 100_000
    seed: int = 0
