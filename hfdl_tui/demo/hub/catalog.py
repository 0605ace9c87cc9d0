"""Which repos there are, under which names, and who gets to see them."""

from collections.abc import Iterator
from http import HTTPStatus

from hfdl_tui.demo.hub.access import Caller, Doorkeeper, Part
from hfdl_tui.demo.hub.exchange import Refusal
from hfdl_tui.demo.hub.repo import Commit, Repo, RepoFile, RepoKind


class Catalog:
    """The repos of the Hub by kind and id, with the old names of renamed ones."""

    def __init__(self, doorkeeper: Doorkeeper) -> None:
        self._doorkeeper = doorkeeper
        self._repos: dict[tuple[RepoKind, str], Repo] = {}
        self._renamed: dict[tuple[RepoKind, str], str] = {}

    def add(self, repo: Repo) -> None:
        self._repos[repo.kind, repo.repo_id] = repo

    def rename(self, kind: RepoKind, old: str, new: str) -> None:
        repo = self._repos.pop((kind, old))
        repo.repo_id = new
        self._repos[kind, new] = repo
        self._renamed[kind, old] = new

    def new_name(self, kind: RepoKind, repo_id: str) -> str | None:
        return self._renamed.get((kind, repo_id))

    def visible(self, caller: Caller, kind: RepoKind) -> Iterator[Repo]:
        """List the repos of a kind that a search shows to this caller."""
        for repo in list(self._repos.values()):
            try:
                self._doorkeeper.admit(caller, repo.repo_id, repo.access, Part.METADATA)
            except Refusal:
                continue
            if repo.kind is kind:
                yield repo

    def open(self, caller: Caller, kind: RepoKind, repo_id: str, part: Part) -> Repo:
        """Find a repo of which the caller may read this part."""
        repo = self._repos.get((kind, repo_id))
        self._doorkeeper.admit(caller, repo_id, repo.access if repo else None, part)
        if repo is None:
            raise Refusal(HTTPStatus.NOT_FOUND, "Repository not found", "RepoNotFound")
        return repo


def find_commit(repo: Repo, revision: str) -> Commit:
    commit = repo.find(revision)
    if commit is None:
        raise Refusal(HTTPStatus.NOT_FOUND, f"Invalid rev id: {revision}", "RevisionNotFound")
    return commit


def find_file(commit: Commit, path: str) -> RepoFile:
    file = commit.files.get(path)
    if file is None:
        raise Refusal(
            HTTPStatus.NOT_FOUND, "Entry not found", "EntryNotFound", {"X-Repo-Commit": commit.sha}
        )
    return file
