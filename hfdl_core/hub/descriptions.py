"""Reads the Hub's description of a repo, and its search results."""

from collections.abc import Mapping
from datetime import datetime
from typing import cast

from hfdl_core.errors import ListingBroken
from hfdl_core.hub.reference import is_repo_id
from hfdl_core.hub.refusals import Question
from hfdl_core.hub.values import RepoSnapshot, SearchHit
from hfdl_core.models import COMMIT_PATTERN, RepoType

Fields = Mapping[str, object]


def read_snapshot(value: object, asked: Question, repo_type: RepoType) -> RepoSnapshot:
    """The commit is what everything else hangs on: ListingBroken without a usable one."""
    fields = _fields(value)
    commit = str(fields.get("sha"))
    wanted_commit = COMMIT_PATTERN.fullmatch(asked.revision)
    if not COMMIT_PATTERN.fullmatch(commit) or (wanted_commit and commit != asked.revision):
        raise ListingBroken(
            f"{asked.endpoint_url} does not tell which commit {asked.revision!r} of "
            f"{asked.repo_id} is: check HF_ENDPOINT"
        )
    repo_id = fields.get("id", asked.repo_id)
    if not isinstance(repo_id, str) or not is_repo_id(repo_id):
        raise ListingBroken(f"{asked.repo_id}: the hub calls it {str(repo_id)[:100]!r}")
    return RepoSnapshot(
        repo_id=repo_id,
        repo_type=repo_type,
        revision=asked.revision,
        commit=commit,
        private=fields.get("private") is True,
        gated=bool(fields.get("gated")),  # false, "auto" or "manual"
        size_hint=_whole_number(fields.get("usedStorage")),
    )


def read_hits(value: object, repo_type: RepoType) -> list[SearchHit]:
    """Entries that cannot be read are left out: they only could not be chosen."""
    values = value if isinstance(value, list) else []
    found = (_read_hit(_fields(each), repo_type) for each in values)
    return [hit for hit in found if hit is not None]


def _read_hit(fields: Fields, repo_type: RepoType) -> SearchHit | None:
    repo_id = fields.get("id")
    if not isinstance(repo_id, str) or not is_repo_id(repo_id):
        return None
    return SearchHit(
        repo_id=repo_id,
        repo_type=repo_type,
        downloads=_whole_number(fields.get("downloads")) or 0,
        likes=_whole_number(fields.get("likes")) or 0,
        updated_at=_time(fields.get("lastModified")),
        private=fields.get("private") is True,
        gated=bool(fields.get("gated")),
    )


def _fields(value: object) -> Fields:
    return cast("Fields", value) if isinstance(value, dict) else {}


def _whole_number(value: object) -> int | None:
    return value if type(value) is int and value >= 0 else None


def _time(value: object) -> datetime | None:
    try:
        return datetime.fromisoformat(str(value))
    except ValueError:
        return None
