"""A Hub for the dashboard that has what a test says."""

import threading
from collections.abc import Sequence

from hfdl_core.errors import HubError
from hfdl_core.hub import RepoSnapshot, SearchHit
from hfdl_core.models import RepoFile, RepoType
from hfdl_tui.dashboard.view.files.browser import Listener, Listing
from hfdl_tui.dashboard.view.files.index_builder import IndexBuilder


class FakeBrowser:
    """One repo, opened under any name; `problem` is raised by whatever is asked."""

    def __init__(
        self,
        files: Sequence[RepoFile] = (),
        *,
        hits: Sequence[SearchHit] = (),
        readme: str | None = None,
        problem: HubError | None = None,
    ) -> None:
        self.files = list(files)
        self.hits = list(hits)
        self.readme = readme
        self.problem = problem
        self.asked: list[tuple[str, str]] = []  # what was called, with its text
        self.gate = threading.Event()  # cleared: the Hub does not answer
        self.gate.set()

    def search(self, text: str) -> list[SearchHit]:
        self._ask("search", text)
        return self.hits

    def open(self, text: str, revision: str | None, listener: Listener) -> Listing | None:
        self._ask("open", text)
        if listener.stop.is_set():
            return None
        builder = IndexBuilder()
        builder.add(self.files)
        return Listing(
            snapshot=a_repo(text, revision or "main"),
            index=builder.index(),
            is_complete=True,
            refused=None,
            path=None,
        )

    def card(self, snapshot: RepoSnapshot) -> str | None:
        self._ask("card", snapshot.repo_id)
        return self.readme

    def _ask(self, what: str, text: str) -> None:
        self.asked.append((what, text))
        self.gate.wait()
        if self.problem is not None:
            raise self.problem


def a_repo(repo_id: str = "acme/model-9b", revision: str = "main") -> RepoSnapshot:
    return RepoSnapshot(
        repo_id=repo_id,
        repo_type=RepoType.MODEL,
        revision=revision,
        commit="1588ec4" + "0" * 33,
        private=False,
        gated=False,
        size_hint=None,
    )
