"""Reads how much patience a server asks for: RateLimit and Retry-After headers."""

import re
from collections.abc import Mapping
from typing import Final, NamedTuple

# `RateLimit: "resolvers";r=2998;t=172` (r requests are left for the next t seconds) and
# `RateLimit-Policy: "fixed window";"resolvers";q=3000;w=300` stand on every answer of the Hub, as
# its documentation's page on rate limits tells.
_LIMIT: Final = re.compile(r'"(\w+)"\s*;\s*r\s*=\s*(\d+)\s*;\s*t\s*=\s*(\d+)')
_POLICY: Final = re.compile(r"q\s*=\s*(\d+).*?w\s*=\s*(\d+)")


class RateLimit(NamedTuple):
    """What is left of one bucket of the Hub's request quota."""

    bucket: str
    remaining: int  # requests
    reset_seconds: int
    quota: int | None  # requests per window
    window_seconds: int | None


def rate_limit(headers: Mapping[str, str]) -> RateLimit | None:
    """What the answer says of the quota; None when it says nothing readable."""
    limit = _LIMIT.search(headers.get("RateLimit", ""))
    if limit is None:
        return None
    policy = _POLICY.search(headers.get("RateLimit-Policy", ""))
    quota, window = (int(policy[1]), int(policy[2])) if policy else (None, None)
    return RateLimit(limit[1], int(limit[2]), int(limit[3]), quota, window)


def asked_to_wait(headers: Mapping[str, str]) -> float | None:
    """Seconds until the server wants to be asked again; None when it names none."""
    limit = rate_limit(headers)
    if limit is not None and limit.remaining == 0:
        # The header is rounded down: one more second, or the first request is refused again.
        return limit.reset_seconds + 1.0
    named = headers.get("Retry-After", "").strip()
    # A date instead of seconds would need the server's clock; the caller's backoff does as well.
    return float(named) if named.isascii() and named.isdigit() else None
