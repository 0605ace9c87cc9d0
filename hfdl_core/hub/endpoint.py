"""The Hub's address: what belongs to it, and what must not get the token."""

from typing import Final
from urllib.parse import SplitResult, unquote, urlsplit

from urllib3.exceptions import LocationParseError
from urllib3.util import parse_url

from hfdl_core.errors import ListingBroken, SettingsError

_DEFAULT_PORTS: Final = {"http": 80, "https": 443}
_API: Final = "/api/"

Origin = tuple[str, str, int]


class Endpoint:
    """`https://huggingface.co`, or a mirror that may live below a path of its host."""

    def __init__(self, address: str) -> None:
        origin = origin_of(address.strip())
        if origin is None or any(sign in address for sign in "@?#"):
            raise SettingsError(
                "HF_ENDPOINT must be an address such as https://huggingface.co, "
                "without user name and query"
            )
        parts = urlsplit(address.strip())
        self._origin = origin
        self._base_path = parts.path.rstrip("/")
        self.host = parts.netloc
        self.url = f"{parts.scheme}://{parts.netloc}{self._base_path}"

    def is_ours(self, url: str) -> bool:
        """Whether the token may go there: the same scheme, host and port, or http made https."""
        origin = origin_of(url)
        scheme, host, port = self._origin
        return origin == self._origin or (
            (scheme, port) == ("http", 80) and origin == ("https", host, 443)
        )

    def next_page(self, link: str) -> str:
        """A listing's next address, on this endpoint whatever host the link names.

        Behind a mirror the link often still names the upstream: followed as it is, it would go
        around the mirror and take the token along.
        """
        parts = urlsplit(link)
        path = parts.path
        if self._base_path and path.startswith(self._base_path + _API):
            path = path.removeprefix(self._base_path)
        if not path.startswith(_API) or not _is_plain(path):
            raise ListingBroken(f"{self.host} names a next page that is none of the hub's")
        query = f"?{parts.query}" if parts.query else ""
        return f"{self.url}{path}{query}"


def origin_of(url: str) -> Origin | None:
    """Scheme, host and port; None when the address is none, or reads as another one elsewhere."""
    try:
        parts, connected = urlsplit(url), parse_url(url)
        port = connected.port or _DEFAULT_PORTS[parts.scheme]
    except (ValueError, KeyError, LocationParseError):
        return None
    # requests connects to what urllib3 reads; two readings of one address are an attack.
    if not parts.hostname or not _same_host(parts, connected.host) or "\\" in url:
        return None
    return parts.scheme, parts.hostname, port


def _same_host(parts: SplitResult, connected_host: str | None) -> bool:
    return (connected_host or "").strip("[]").lower() == parts.hostname


def _is_plain(path: str) -> bool:
    names = set(unquote(path).split("/"))
    return path.isprintable() and "\\" not in path and not {".", ".."} & names
