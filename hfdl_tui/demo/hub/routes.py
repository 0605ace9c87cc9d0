"""What a Hub URL names: the endpoint, the repo, the revision and the file."""

import re
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import unquote

from hfdl_tui.demo.hub.exchange import Role
from hfdl_tui.demo.hub.repo import RepoKind

_COMMIT = re.compile(r"[0-9a-f]{40}")
_KINDS = {kind.plural: kind for kind in RepoKind}


class Endpoint(StrEnum):
    WHOAMI = "whoami-v2"
    SEARCH = "search"
    REPO = "repo"
    REVISION = "revision"
    TREE = "tree"
    PATHS_INFO = "paths-info"
    REFS = "refs"
    AUTH_CHECK = "auth-check"
    RESOLVE = "resolve"
    RESOLVE_CACHE = "resolve-cache"


_REPO_ENDPOINTS = {
    Endpoint.REVISION,
    Endpoint.TREE,
    Endpoint.PATHS_INFO,
    Endpoint.REFS,
    Endpoint.AUTH_CHECK,
}


@dataclass(frozen=True, slots=True)
class Target:
    """What a URL names; `revision` and `path` are decoded, `path` is "" at the root."""

    endpoint: Endpoint
    kind: RepoKind = RepoKind.MODEL
    repo_id: str = ""
    revision: str = ""
    path: str = ""

    @property
    def role(self) -> Role:
        match self.endpoint:
            case Endpoint.RESOLVE:
                return Role.RESOLVE
            case Endpoint.RESOLVE_CACHE:
                return Role.RESOLVE_CACHE
            case _:
                return Role.API

    @property
    def file(self) -> str:
        return self.path if self.endpoint in {Endpoint.RESOLVE, Endpoint.RESOLVE_CACHE} else ""


def parse_path(path: str) -> Target | None:
    """Read a percent-encoded URL path, or return None if the Hub serves nothing there.

    The path is split before it is decoded: a revision may hold an encoded slash.
    """
    segments = path.strip("/").split("/")
    match segments:
        case ["api", "whoami-v2"]:
            return Target(Endpoint.WHOAMI)
        case ["api", "resolve-cache", kind, *rest] if kind in _KINDS:
            return _resolve_cache(_KINDS[kind], rest)
        case ["api", kind] if kind in _KINDS:
            return Target(Endpoint.SEARCH, _KINDS[kind])
        case ["api", kind, *rest] if kind in _KINDS:
            return _api(_KINDS[kind], rest)
        case [kind, *rest] if kind in _KINDS and "resolve" in rest:
            return _resolve(_KINDS[kind], rest)
        case _:
            return _resolve(RepoKind.MODEL, segments)


def _api(kind: RepoKind, segments: list[str]) -> Target | None:
    names = {endpoint.value for endpoint in _REPO_ENDPOINTS}
    owned = 1 if len(segments) > 1 and segments[1] in names else 2
    repo_id = unquote("/".join(segments[:owned]))
    match segments[owned:]:
        case []:
            return Target(Endpoint.REPO, kind, repo_id)
        case ["refs" | "auth-check" as name]:
            return Target(Endpoint(name), kind, repo_id)
        case ["revision" | "tree" | "paths-info" as name, revision, *path]:
            folder = unquote("/".join(path)).strip("/")
            return Target(Endpoint(name), kind, repo_id, unquote(revision), folder)
        case _:
            return None


def _resolve(kind: RepoKind, segments: list[str]) -> Target | None:
    owned = next((at for at in (1, 2) if segments[at : at + 1] == ["resolve"]), None)
    if owned is None or len(segments) < owned + 3:
        return None
    repo_id = unquote("/".join(segments[:owned]))
    path = unquote("/".join(segments[owned + 2 :]))
    return Target(Endpoint.RESOLVE, kind, repo_id, unquote(segments[owned + 1]), path)


def _resolve_cache(kind: RepoKind, segments: list[str]) -> Target | None:
    owned = next((at for at in (1, 2) if _COMMIT.fullmatch("".join(segments[at : at + 1]))), None)
    if owned is None or len(segments) < owned + 2:
        return None
    repo_id = unquote("/".join(segments[:owned]))
    path = unquote("/".join(segments[owned + 1 :]))
    return Target(Endpoint.RESOLVE_CACHE, kind, repo_id, segments[owned], path)
