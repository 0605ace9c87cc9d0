"""Reads what people type or paste for a repo: its name, a link to it, or an hf:// address."""

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote, urlsplit

from hfdl_core.errors import UsageError
from hfdl_core.models import RepoType

_PLURALS: Final = {f"{repo_type}s": repo_type for repo_type in RepoType}
_HUB_HOSTS: Final = frozenset({"huggingface.co", "www.huggingface.co", "hf.co", "www.hf.co"})
_LINK: Final = re.compile(r"https?://|(www\.)?(huggingface|hf)\.co/", re.IGNORECASE)
_FILE_VIEWS: Final = frozenset({"tree", "blob", "resolve", "raw", "blame", "commit", "commits"})
_NAME: Final = r"[A-Za-z0-9_]([A-Za-z0-9_.-]{0,94}[A-Za-z0-9_])?"
_REPO_ID: Final = re.compile(f"({_NAME}/)?{_NAME}")
# The only revisions whose slashes are not written %2F in links and addresses.
_SPECIAL_REVISION: Final = re.compile(r"(refs/(?:convert/[^/]+|pr/\d+))(?:/|$)")


@dataclass(frozen=True, slots=True)
class RepoReference:
    """What a text says of a repo; None where it does not say."""

    repo_id: str
    repo_type: RepoType | None = None
    revision: str | None = None
    path: str | None = None  # of a file or directory in the repo


def parse_repo(text: str, endpoint: str = "") -> RepoReference:
    """`owner/name`, `gpt2`, `datasets/owner/name`, a link or hf:// address; else UsageError.

    Links of `endpoint`, the address of a mirror, are read like those of huggingface.co.
    """
    given = text.strip()
    if given.lower().startswith("hf://"):
        return _from_address(text, given[len("hf://") :])
    if _LINK.match(given):
        return _from_link(text, given, endpoint)
    repo_type, rest = _split_type(given.strip("/").split("/"))
    return _checked(text, RepoReference("/".join(rest), repo_type))


def _from_address(text: str, address: str) -> RepoReference:
    """`hf://[datasets/]owner/name[@revision][/path]`; without a type it is a model."""
    name, at, after = address.strip("/").partition("@")
    repo_type, parts = _split_type(name.split("/"))
    repo_id, path = "/".join(parts[:2]), "/".join(parts[2:])
    revision = None
    if path:
        path += at + after  # an @ further on belongs to a file's name
    elif at:
        revision, path = _split_revision(after)
    found = RepoReference(repo_id, repo_type or RepoType.MODEL, revision, path or None)
    return _checked(text, found)


def _from_link(text: str, link: str, endpoint: str) -> RepoReference:
    """`https://huggingface.co/[datasets/]owner/name[/tree/revision[/path]]`; else a model."""
    try:
        parts = urlsplit(link if "://" in link else f"https://{link}")
        home = urlsplit(endpoint)
    except ValueError as error:
        raise _unreadable(text) from error
    path = parts.path
    if parts.netloc == home.netloc:
        path = path.removeprefix(home.path.rstrip("/"))
    elif parts.hostname not in _HUB_HOSTS:
        raise UsageError(f"{text[:200]!r} is no link to the hub: give owner/name")
    repo_type, rest = _split_type([part for part in path.split("/") if part])
    # Old models have no owner: https://huggingface.co/gpt2/tree/main
    length = 1 if len(rest) > 1 and rest[1] in _FILE_VIEWS else 2
    repo_id, view = "/".join(rest[:length]), rest[length:]
    revision = inside = None
    if len(view) > 1 and view[0] in _FILE_VIEWS:
        revision, inside = _split_revision("/".join(view[1:]))
    reference = RepoReference(
        unquote(repo_id), repo_type or RepoType.MODEL, revision, unquote(inside or "") or None
    )
    return _checked(text, reference)


def _split_type(parts: list[str]) -> tuple[RepoType | None, list[str]]:
    """A first part such as `datasets` is the type where a name still follows."""
    repo_type = _PLURALS.get(parts[0]) if len(parts) > 1 else None
    return repo_type, parts[1:] if repo_type else parts


def _split_revision(text: str) -> tuple[str, str]:
    """The revision with its slashes, and the path after it, as it was."""
    if special := _SPECIAL_REVISION.match(text):
        return special[1], text[special.end() :]
    revision, _, path = text.partition("/")
    return unquote(revision), path


def _checked(text: str, reference: RepoReference) -> RepoReference:
    repo_id = reference.repo_id
    if not is_repo_id(repo_id) or reference.revision == "":
        raise _unreadable(text)
    return reference


def is_repo_id(repo_id: str) -> bool:
    """Whether the Hub allows such a name; one that passes is safe in addresses and as a path."""
    return (
        _REPO_ID.fullmatch(repo_id) is not None
        and "--" not in repo_id
        and ".." not in repo_id
        and not repo_id.endswith(".git")
    )


def _unreadable(text: str) -> UsageError:
    return UsageError(
        f"{text[:200]!r} names no repo: give owner/name, a link to it, or datasets/owner/name"
    )
