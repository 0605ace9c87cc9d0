"""What a refusal of the Hub means, as one line that says what to do.

The Hub's own order holds: first its error code, then its message, then the status. A missing repo
and a private one look the same to whoever may not see it, and anonymously both are a bare 401.
"""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

from hfdl_core.errors import (
    AccessDenied,
    BadToken,
    HubError,
    HubUnavailable,
    ListingBroken,
    RepoDisabled,
    RepoNotFound,
    RevisionNotFound,
)
from hfdl_core.hub.connection import Answer
from hfdl_core.hub.line_faults import proxy_wants_login
from hfdl_core.models import RepoType

_DISABLED: Final = "Access to this resource is disabled."
_BAD_TOKEN: Final = "Invalid credentials in Authorization header"  # noqa: S105 - the Hub's words


@dataclass(frozen=True, slots=True)
class Question:
    """What was asked about, by whom and where: the nouns of a message."""

    repo_id: str
    repo_type: RepoType | None  # None: any
    revision: str
    endpoint_url: str
    has_token: bool

    @property
    def page_url(self) -> str:
        prefix = "" if self.repo_type in {None, RepoType.MODEL} else f"{self.repo_type}s/"
        return f"{self.endpoint_url}/{prefix}{self.repo_id}"


def refusal(answer: Answer, asked: Question) -> HubError:
    """The error for an answer that is none."""
    return _by_code(answer, asked) or _by_message(answer, asked) or _by_status(answer, asked)


def not_found(asked: Question) -> RepoNotFound:
    """The same for a missing repo and for a private one."""
    if asked.repo_type is None:
        what = f"{asked.repo_id}: no dataset, model or space of this name"
        ways = "check the name, or say which with --repo-type"
    else:
        what = f"{asked.repo_id}: no {asked.repo_type} of this name"
        ways = "check the name and --repo-type"
    if asked.has_token:
        return RepoNotFound(f"{what} is found, or HF_TOKEN may not see it: {ways}")
    return RepoNotFound(f"{what} is found, or it is private: {ways}, or set HF_TOKEN")


def _by_code(answer: Answer, asked: Question) -> HubError | None:
    match answer.error_code:
        case "RepoNotFound":
            return not_found(asked)
        case "RevisionNotFound":
            return RevisionNotFound(
                f"{asked.repo_id} has no branch, tag or commit {asked.revision!r}: check --revision"
            )
        case "GatedRepo":
            return _gated(answer, asked)
        case "EntryNotFound":
            return ListingBroken(
                f"{asked.repo_id} lists a file that {asked.endpoint_url} does not have: try later"
            )
        case _:
            return None


def _by_message(answer: Answer, asked: Question) -> HubError | None:
    if answer.message == _DISABLED:
        return RepoDisabled(f"{asked.repo_id} is disabled by the hub: see {asked.page_url}")
    if answer.message == _BAD_TOKEN:
        return _bad_token(asked)
    return None


def _by_status(answer: Answer, asked: Question) -> HubError:
    said = f" ({answer.message})" if answer.message else ""
    match answer.status:
        case HTTPStatus.UNAUTHORIZED | HTTPStatus.NOT_FOUND | HTTPStatus.GONE:
            return not_found(asked)
        case HTTPStatus.FORBIDDEN:
            return AccessDenied(
                f"no access to {asked.repo_id}{said}: check what HF_TOKEN may read, "
                f"and {asked.page_url}"
            )
        case HTTPStatus.UNAVAILABLE_FOR_LEGAL_REASONS:
            return RepoDisabled(
                f"{asked.repo_id} may not be served here{said}: see {asked.page_url}"
            )
        case HTTPStatus.PROXY_AUTHENTICATION_REQUIRED:
            return HubUnavailable(proxy_wants_login(asked.endpoint_url))
        case status:
            return HubUnavailable(
                f"{asked.endpoint_url} answers {status}{said}: check HF_ENDPOINT, or try later"
            )


def _gated(answer: Answer, asked: Question) -> HubError:
    if not asked.has_token:
        return AccessDenied(
            f"{asked.repo_id} is gated: accept its terms at {asked.page_url} and set HF_TOKEN"
        )
    if answer.status == HTTPStatus.UNAUTHORIZED:
        # A known token without a grant is answered 403.
        return _bad_token(asked)
    return AccessDenied(
        f"{asked.repo_id} is gated and HF_TOKEN has no grant: ask for it at {asked.page_url}"
    )


def _bad_token(asked: Question) -> BadToken:
    return BadToken(
        f"the hub does not know HF_TOKEN: make one at {asked.endpoint_url}/settings/tokens, "
        "or unset it for public repos"
    )
