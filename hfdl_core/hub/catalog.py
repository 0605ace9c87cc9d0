"""What the Hub has: finds a repo and its commit, lists its files, checks who may read them."""

from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path
from typing import Final, Self
from urllib.parse import quote, urlencode

from pydantic import SecretStr

from hfdl_core.errors import RepoNotFound, UsageError
from hfdl_core.hub.connection import Answer, HubConnection, json_of
from hfdl_core.hub.descriptions import read_hits, read_snapshot
from hfdl_core.hub.endpoint import Endpoint
from hfdl_core.hub.listing import read_tree, tree_path
from hfdl_core.hub.patience import RetryPatience
from hfdl_core.hub.reference import is_repo_id
from hfdl_core.hub.refusals import Question, not_found, refusal
from hfdl_core.hub.values import RepoSnapshot, SearchHit, TreeEntry
from hfdl_core.models import RepoFile, RepoType

_TRIED_TYPES: Final = (RepoType.DATASET, RepoType.MODEL, RepoType.SPACE)
_DEFAULT_REVISION: Final = "main"
_MOST_HITS: Final = 100
_REFUSALS_BEGIN: Final = HTTPStatus.BAD_REQUEST


class HubCatalog:
    """One Hub as one user sees it; for one thread at a time; `close` it.

    Every method waits patiently for a busy or absent Hub and then raises a HubError leaf. No
    text of an error holds the token.
    """

    def __init__(
        self,
        endpoint: str,
        token: SecretStr | None,
        *,
        ca_file: Path | None = None,
        proxy: SecretStr | None = None,
        user_agent: str,
        timeout_seconds: float = 20,
        patience: RetryPatience | None = None,
    ) -> None:
        """`proxy` stands before those of the environment. SettingsError for a bad address."""
        self._endpoint = Endpoint(endpoint)
        self._connection = HubConnection(
            self._endpoint,
            token,
            ca_file=ca_file,
            proxy=proxy,
            user_agent=user_agent,
            timeout_seconds=timeout_seconds,
            patience=patience or RetryPatience(),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._connection.close()

    def resolve(
        self, repo_id: str, repo_type: RepoType | None, revision: str | None
    ) -> RepoSnapshot:
        """The repo at the commit that `revision` (default `main`) names now.

        Without a type the first of dataset, model and space that this user can see.
        """
        if not is_repo_id(repo_id):
            raise UsageError(f"{repo_id[:200]!r} is no name of a repo: give owner/name")
        wanted = revision or _DEFAULT_REVISION
        for tried in (repo_type,) if repo_type else _TRIED_TYPES:
            asked = self._question(repo_id, tried, wanted)
            answer = self._connection.get(
                f"{_api(tried, repo_id)}/revision/{quote(wanted, safe='')}"
            )
            if answer.status < _REFUSALS_BEGIN:
                return read_snapshot(json_of(answer, self._endpoint.host), asked, tried)
            error = refusal(answer, asked)
            if not isinstance(error, RepoNotFound):
                raise error
        raise not_found(self._question(repo_id, repo_type, wanted))

    def list_files(
        self, snapshot: RepoSnapshot, path: str = "", *, recursive: bool = True
    ) -> Iterator[RepoFile]:
        """All files, or those below a directory, as they arrive; ListingBroken names bad paths."""
        entries = self._list(snapshot, path.strip("/"), recursive=recursive)
        return (entry.file for entry in entries if entry.file is not None)

    def list_directory(self, snapshot: RepoSnapshot, path: str = "") -> Iterator[TreeEntry]:
        """What lies directly in a directory; of a file, the file. UsageError for neither."""
        return self._list(snapshot, path.strip("/"), recursive=False)

    def check_access(self, snapshot: RepoSnapshot, sample: RepoFile | None) -> None:
        """AccessDenied and the like when this user may not read the repo's files.

        A gated repo lists its files to everybody. The Hub has a question for this; a mirror that
        does not know it is asked for the first byte of `sample`.
        """
        asked = self._question(snapshot.repo_id, snapshot.repo_type, snapshot.revision)
        answer = self._connection.get(f"{_api(snapshot.repo_type, snapshot.repo_id)}/auth-check")
        if answer.status < _REFUSALS_BEGIN:
            return
        if not answer.error_code and sample is not None:
            answer = self._connection.first_byte(_file_path(snapshot, sample.path))
        elif not answer.error_code and answer.status == HTTPStatus.NOT_FOUND:
            return
        # An empty file has no first byte, and who is told so may read it.
        if answer.status == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
            return
        if answer.status >= _REFUSALS_BEGIN:
            raise refusal(answer, asked)

    def read_text(self, snapshot: RepoSnapshot, path: str) -> str | None:
        """What a text file of the repo says, such as README.md; None when there is no such file."""
        answer = self._connection.get(_file_path(snapshot, path))
        if answer.error_code == "EntryNotFound":
            return None
        if answer.status >= _REFUSALS_BEGIN:
            asked = self._question(snapshot.repo_id, snapshot.repo_type, snapshot.revision)
            raise refusal(answer, asked)
        return answer.body.decode(errors="replace")

    def search(self, text: str, repo_type: RepoType, limit: int = 20) -> list[SearchHit]:
        """Repos whose name holds `text`, in the Hub's own order; at most 100."""
        query = urlencode({"search": text, "limit": max(1, min(limit, _MOST_HITS))})
        answer = self._connection.get(f"/api/{repo_type}s?{query}")
        if answer.status >= _REFUSALS_BEGIN:
            raise refusal(answer, self._question(text, repo_type, _DEFAULT_REVISION))
        return read_hits(json_of(answer, self._endpoint.host), repo_type)[:limit]

    def _list(self, snapshot: RepoSnapshot, path: str, *, recursive: bool) -> Iterator[TreeEntry]:
        answer = self._connection.get(tree_path(snapshot, path, recursive=recursive))
        if path and answer.error_code == "EntryNotFound":
            return self._list_file(snapshot, path)
        return self._read(snapshot, answer, path)

    def _list_file(self, snapshot: RepoSnapshot, path: str) -> Iterator[TreeEntry]:
        """The Hub lists directories only: a file is found in the one that holds it."""
        parent = path.rpartition("/")[0]
        answer = self._connection.get(tree_path(snapshot, parent, recursive=False))
        if answer.error_code != "EntryNotFound":
            for entry in self._read(snapshot, answer, parent):
                if entry.path == path:
                    yield entry
                    return
        raise UsageError(f"{snapshot.repo_id} has no {path!r} at {snapshot.revision!r}")

    def _read(self, snapshot: RepoSnapshot, first: Answer, below: str) -> Iterator[TreeEntry]:
        asked = self._question(snapshot.repo_id, snapshot.repo_type, snapshot.revision)
        return read_tree(self._connection, first, asked, below)

    def _question(self, repo_id: str, repo_type: RepoType | None, revision: str) -> Question:
        return Question(
            repo_id, repo_type, revision, self._endpoint.url, self._connection.has_token
        )


def _api(repo_type: RepoType, repo_id: str) -> str:
    return f"/api/{repo_type}s/{quote(repo_id)}"


def _file_path(snapshot: RepoSnapshot, path: str) -> str:
    """Models have no prefix in file addresses."""
    prefix = "" if snapshot.repo_type is RepoType.MODEL else f"/{snapshot.repo_type}s"
    return f"{prefix}/{quote(snapshot.repo_id)}/resolve/{snapshot.commit}/{quote(path)}"
