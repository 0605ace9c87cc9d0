"""Looks around on the Hub for a person at a screen: searches, lists, reads cards."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Final, Protocol

from hfdl_core.bootstrap import make_catalog
from hfdl_core.errors import HubError, HubUnavailable
from hfdl_core.hub import (
    HubCatalog,
    RepoReference,
    RepoSnapshot,
    RetryPatience,
    SearchHit,
    parse_repo,
)
from hfdl_core.models import RepoFile, RepoType
from hfdl_core.settings import Settings
from hfdl_tui.dashboard.view.files.card import readable_card
from hfdl_tui.dashboard.view.files.file_index import FileIndex
from hfdl_tui.dashboard.view.files.index_builder import IndexBuilder

_HITS_OF_A_TYPE: Final = 20
_FILES_AT_ONCE: Final = 1000  # a page of the Hub's
_TELL_SECONDS: Final = 0.5
_CONTACT_SECONDS: Final = 8.0
# Somebody looks at the screen and can press a key to try again.
_ASK_SECONDS: Final = 15.0
_LONGEST_WAIT_SECONDS: Final = 5.0


@dataclass(frozen=True, slots=True)
class Listing:
    """How far the listing of a repo is."""

    snapshot: RepoSnapshot
    index: FileIndex
    is_complete: bool
    refused: HubError | None  # why these files, which everybody may list, cannot be downloaded
    path: str | None  # of the file or folder that the link meant


@dataclass(frozen=True, slots=True)
class Listener:
    """Called from the thread that lists."""

    on_listing: Callable[[Listing], None]  # the first files, then every half second
    on_wait: Callable[[float], None] = lambda _seconds: None  # the Hub asks for so much patience
    stop: threading.Event = field(default_factory=threading.Event)  # set by whoever lost interest


class Browser(Protocol):
    """Every method may block for long, and is called from a daemon thread.

    All raise HubError leaves, and UsageError for what cannot be asked.
    """

    def search(self, text: str) -> list[SearchHit]:
        """Datasets and models whose name holds the text, a name that is just it first."""
        ...

    def open(self, text: str, revision: str | None, listener: Listener) -> Listing | None:
        """List the repo that the text names; None when it was stopped."""
        ...

    def card(self, snapshot: RepoSnapshot) -> str | None:
        """The repo's README.md as Markdown; None when it has none."""
        ...


class _StoppedError(Exception):
    """Whoever asked has lost interest."""


class HubBrowser:
    """The Hub of the settings; safe to use from several threads at once."""

    def __init__(self, settings: Settings, contact_seconds: float = _CONTACT_SECONDS) -> None:
        """`contact_seconds` is how long a Hub that never answered is tried."""
        self._settings = settings
        self._contact_seconds = contact_seconds

    def search(self, text: str) -> list[SearchHit]:
        wanted = text.strip()
        with self._asking() as catalog:
            types = (RepoType.DATASET, RepoType.MODEL)
            hits = [hit for each in types for hit in catalog.search(wanted, each, _HITS_OF_A_TYPE)]
        return sorted(hits, key=lambda hit: (not _is_just(hit, wanted), -hit.downloads))

    def open(self, text: str, revision: str | None, listener: Listener) -> Listing | None:
        reference = parse_repo(text, self._settings.hf_endpoint)
        patience = RetryPatience(
            first_contact_seconds=self._contact_seconds, sleep=lambda wait: _sleep(wait, listener)
        )
        try:
            with make_catalog(self._settings, patience) as catalog:
                snapshot = catalog.resolve(
                    reference.repo_id, reference.repo_type, revision or reference.revision
                )
                return _list(catalog, snapshot, reference, listener)
        except _StoppedError:
            return None

    def card(self, snapshot: RepoSnapshot) -> str | None:
        with self._asking() as catalog:
            text = catalog.read_text(snapshot, "README.md")
        return None if text is None else readable_card(text)

    def _asking(self) -> HubCatalog:
        patience = RetryPatience(
            seconds=_ASK_SECONDS,
            first_contact_seconds=self._contact_seconds,
            longest_asked_seconds=_LONGEST_WAIT_SECONDS,
        )
        return make_catalog(self._settings, patience)


def _list(
    catalog: HubCatalog, snapshot: RepoSnapshot, reference: RepoReference, listener: Listener
) -> Listing:
    builder = IndexBuilder()
    refused = None
    told_at = float("-inf")

    def listing(*, is_complete: bool) -> Listing:
        return Listing(snapshot, builder.index(), is_complete, refused, reference.path)

    for files in _pages(catalog.list_files(snapshot), listener.stop):
        if not len(builder):
            refused = _refusal(catalog, snapshot, files[0])
        builder.add(files)
        if builder.is_ordered and time.monotonic() - told_at >= _TELL_SECONDS:
            listener.on_listing(listing(is_complete=False))
            told_at = time.monotonic()
    return listing(is_complete=True)


def _pages(files: Iterator[RepoFile], stop: threading.Event) -> Iterator[list[RepoFile]]:
    while page := list(islice(files, _FILES_AT_ONCE)):
        yield page
        if stop.is_set():
            raise _StoppedError


def _refusal(catalog: HubCatalog, snapshot: RepoSnapshot, sample: RepoFile) -> HubError | None:
    """A gated repo shows its files to everybody; better to say now than when a job fails."""
    try:
        catalog.check_access(snapshot, sample)
    except HubUnavailable:
        raise
    except HubError as error:
        return error
    return None


def _sleep(seconds: float, listener: Listener) -> None:
    listener.on_wait(seconds)
    if listener.stop.wait(seconds):
        raise _StoppedError


def _is_just(hit: SearchHit, wanted: str) -> bool:
    name = hit.repo_id.lower()
    return wanted.lower() in {name, name.rpartition("/")[2]}
