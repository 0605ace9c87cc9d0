"""What the catalog tells of repos: values without I/O."""

from dataclasses import dataclass
from datetime import datetime

from hfdl_core.models import RepoFile, RepoType


@dataclass(frozen=True, slots=True)
class RepoSnapshot:
    """One repo at one commit."""

    repo_id: str  # as the Hub spells it: a renamed repo has its new name here
    repo_type: RepoType
    revision: str  # as asked for
    commit: str  # 40 hex digits
    private: bool
    gated: bool
    size_hint: int | None  # bytes of all revisions together, where the Hub tells


@dataclass(frozen=True, slots=True)
class TreeEntry:
    """One line of a directory's listing."""

    path: str  # from the repo's root
    size: int  # bytes; 0 for a directory
    file: RepoFile | None  # None for a directory

    @property
    def is_directory(self) -> bool:
        return self.file is None


@dataclass(frozen=True, slots=True)
class SearchHit:
    repo_id: str
    repo_type: RepoType
    downloads: int
    likes: int
    updated_at: datetime | None
    private: bool
    gated: bool
