"""Who may read what: tokens, and the answers to those who may not."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus

from hfdl_tui.demo.hub.exchange import Refusal


class Access(StrEnum):
    PUBLIC = "public"
    GATED = "gated"
    PRIVATE = "private"
    DISABLED = "disabled"


class Part(StrEnum):
    """What of a repo a request is after."""

    METADATA = "metadata"
    FILES = "files"


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: anonymous, a known user, or one whose token nobody knows."""

    name: str = ""
    repos: frozenset[str] = frozenset()
    bad_token: bool = False

    @property
    def known(self) -> bool:
        return bool(self.name)


class Doorkeeper:
    """Tells callers by their token and refuses with the Hub's own statuses and headers."""

    def __init__(self) -> None:
        self._callers: dict[str, Caller] = {}

    def add_token(self, token: str, name: str, repos: Iterable[str] = ()) -> None:
        self._callers[token] = Caller(name, frozenset(repos))

    def caller(self, authorization: str | None) -> Caller:
        if authorization is None:
            return Caller()
        token = authorization.removeprefix("Bearer ")
        return self._callers.get(token, Caller(bad_token=True))

    def admit(self, caller: Caller, repo_id: str, access: Access | None, part: Part) -> None:
        """Refuse a caller this part of a repo; `access` is None when there is no such repo.

        The metadata of a gated repo is open to all, its files only to those with a grant.
        """
        granted = repo_id in caller.repos
        if part is Part.FILES and access is Access.GATED and not granted:
            raise _gated(caller, repo_id)
        if caller.bad_token:
            raise bad_token()
        hidden = access is None or (access is Access.PRIVATE and not granted)
        if hidden and caller.known:
            raise Refusal(HTTPStatus.NOT_FOUND, "Repository not found", "RepoNotFound")
        if hidden:
            raise Refusal(HTTPStatus.UNAUTHORIZED, "Invalid username or password.")
        if access is Access.DISABLED:
            raise Refusal(HTTPStatus.FORBIDDEN, "Access to this resource is disabled.")


def bad_token() -> Refusal:
    return Refusal(HTTPStatus.UNAUTHORIZED, "Invalid credentials in Authorization header")


def _gated(caller: Caller, repo_id: str) -> Refusal:
    if caller.known:
        status = HTTPStatus.FORBIDDEN
        message = f"Access to {repo_id} is restricted and you are not in the authorized list."
    else:
        status = HTTPStatus.UNAUTHORIZED
        message = f"Access to {repo_id} is restricted. You must be authenticated to access it."
    return Refusal(status, message, "GatedRepo")
