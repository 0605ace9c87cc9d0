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

    def admit(self, caller: Caller, repo_id: str, access: Access | None) -> None:
        """Refuse a caller that may not see the repo; `access` is None when there is none."""
        if caller.bad_token and access is not Access.GATED:
            raise Refusal(HTTPStatus.UNAUTHORIZED, "Invalid credentials in Authorization header")
        hidden = access is None or (access is Access.PRIVATE and repo_id not in caller.repos)
        if hidden and caller.known:
            raise Refusal(HTTPStatus.NOT_FOUND, "Repository not found", "RepoNotFound")
        if hidden:
            raise Refusal(HTTPStatus.UNAUTHORIZED, "Invalid username or password.")
        if access is Access.DISABLED:
            raise Refusal(HTTPStatus.FORBIDDEN, "Access to this resource is disabled.")

    def admit_to_files(self, caller: Caller, repo_id: str, access: Access) -> None:
        """Refuse a caller without a grant the files of a gated repo; its metadata is open."""
        if access is not Access.GATED or repo_id in caller.repos:
            return
        if caller.known:
            raise Refusal(
                HTTPStatus.FORBIDDEN,
                f"Access to {repo_id} is restricted and you are not in the authorized list.",
                "GatedRepo",
            )
        raise Refusal(
            HTTPStatus.UNAUTHORIZED,
            f"Access to {repo_id} is restricted. You must be authenticated to access it.",
            "GatedRepo",
        )
