"""Signed links to the CDN: which file, until when, for GET only."""

import hashlib
import hmac
import time
from dataclasses import dataclass
from urllib.parse import parse_qs, quote, urlencode

from hfdl_tui.demo.hub.repo import Repo, RepoFile


@dataclass(frozen=True, slots=True)
class Ticket:
    """What a signed link allows."""

    blob: str
    file: str


class Signer:
    """Makes and checks signatures with a key of the seed's."""

    def __init__(self, seed: int) -> None:
        self._key = f"pretend hub {seed}".encode()

    def link(self, repo: Repo, file: RepoFile, seconds: float) -> str:
        """Make the path and query of a link that is good for `seconds`."""
        owner = hashlib.sha256(f"{repo.kind}:{repo.repo_id}".encode()).hexdigest()[:24]
        path = f"/xet-bridge-us/{owner}/{file.content.sha256()}"
        expires = f"{time.time() + seconds:.3f}"
        query = {
            "X-Amz-Expires": f"{seconds:.0f}",
            "response-content-disposition": f"inline; filename*=UTF-8''{quote(file.path, safe='')}",
            "x-pretend-file": file.path,
            "Expires": expires,
            "Signature": self._signature(path, file.path, expires),
            "Key-Pair-Id": "PRETEND",
        }
        return f"{path}?{urlencode(query)}"

    def check(self, path: str, query: str) -> Ticket | None:
        """Read a link, or return None if it is forged, incomplete or expired."""
        given = {name: values[-1] for name, values in parse_qs(query).items()}
        file, expires = given.get("x-pretend-file", ""), given.get("Expires", "")
        expected = self._signature(path, file, expires)
        if not hmac.compare_digest(expected, given.get("Signature", "")):
            return None
        if float(expires) < time.time():
            return None
        return Ticket(path.rpartition("/")[2], file)

    def _signature(self, path: str, file: str, expires: str) -> str:
        signed = f"GET\n{path}\n{file}\n{expires}".encode()
        return hmac.new(self._key, signed, hashlib.sha256).hexdigest()
