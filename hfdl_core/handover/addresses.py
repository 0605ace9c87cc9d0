"""Under which addresses a worker looks for its job's collector, the likeliest first."""

from hfdl_core.models import CollectorAddress
from hfdl_core.redis_target import RedisTarget

__all__ = ["CollectorAddress", "candidate_urls", "url_of"]


def candidate_urls(
    address: CollectorAddress, redis: RedisTarget | None, given: str | None = None
) -> tuple[str, ...]:
    """Each once: the host under which Redis is reached, then what the collector says of itself.

    What the operator has `given` (`--collector-url`) is the only one.
    """
    if given is not None:
        return (given.rstrip("/"),)
    urls = [url.rstrip("/") for url in address.urls]
    if redis is not None and redis.unix_socket is None:
        # Most often both are on one machine, and the worker has shown that it reaches that host.
        urls.insert(0, url_of(redis.host, address.port, tls=address.tls))
    return tuple(dict.fromkeys(urls))


def url_of(host: str, port: int, *, tls: bool) -> str:
    """As it stands in a browser, with brackets around an IPv6 address."""
    name = f"[{host}]" if ":" in host else host
    return f"{'https' if tls else 'http'}://{name}:{port}"
