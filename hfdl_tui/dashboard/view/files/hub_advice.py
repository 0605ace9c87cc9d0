"""What an error on the way to the Hub is called, and what its reader can do about it."""

from typing import Final, NamedTuple

from hfdl_core.errors import (
    AccessDenied,
    BadToken,
    HfdlError,
    HubBusy,
    HubUnavailable,
    ListingBroken,
    RepoDisabled,
    RepoNotFound,
    RevisionNotFound,
    UsageError,
)


class Advice(NamedTuple):
    """The error's own text stands between the two."""

    title: str
    advice: str


_LOG_IN: Final = "log in with `hf auth login` or set HF_TOKEN, then start hfdl again"

# The first class that fits counts: the narrower ones come first.
_KNOWN: Final[tuple[tuple[type[HfdlError], Advice], ...]] = (
    (
        RepoNotFound,
        Advice("Not found, or private", f"Check the name with o. For a private repo {_LOG_IN}."),
    ),
    (
        RevisionNotFound,
        Advice("No such revision", "Name a branch, a tag or a commit with o; none means main."),
    ),
    (
        AccessDenied,
        Advice(
            "No access: ask for it",
            "Accept the terms on the repo's page or ask its owner, and r tries again. "
            f"Without a token: {_LOG_IN}.",
        ),
    ),
    (BadToken, Advice("The token is not valid", f"Make a new one: {_LOG_IN}.")),
    (
        RepoDisabled,
        Advice("Switched off by the Hub", "Nobody can read it now; choose another with o."),
    ),
    (
        HubBusy,
        Advice(
            "The Hub asks for patience",
            "Too many requests came from here: wait, then r tries again. "
            f"For a larger quota {_LOG_IN}.",
        ),
    ),
    (
        HubUnavailable,
        Advice(
            "The Hub cannot be reached",
            "r tries again. `hfdl doctor` finds out where the way ends.",
        ),
    ),
    (
        ListingBroken,
        Advice("The listing cannot be trusted", "Nothing of it is used; r lists it anew."),
    ),
    (UsageError, Advice("This cannot be asked for", "o lets you name a repo again.")),
)
_UNKNOWN: Final = Advice("This did not work", "r tries again.")


def what_to_do(error: HfdlError) -> Advice:
    return next((advice for kind, advice in _KNOWN if isinstance(error, kind)), _UNKNOWN)
