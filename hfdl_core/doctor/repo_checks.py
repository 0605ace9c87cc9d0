"""Looks at one repo: whether it is found, may be read, and where its bytes come from."""

import time
from collections.abc import Iterator
from itertools import islice
from typing import Final

import humanize

from hfdl_core.doctor.findings import Finding, broken, fine, milliseconds
from hfdl_core.doctor.hub_checks import NO_PATIENCE
from hfdl_core.doctor.rounds import Check
from hfdl_core.doctor.way_out import ANSWER_SECONDS, route_of
from hfdl_core.errors import ExitCode, TransferError
from hfdl_core.hub import HubCatalog, RepoReference, RepoSnapshot
from hfdl_core.models import RepoFile
from hfdl_core.settings import Settings
from hfdl_core.transfer import Cancel, FileSource
from hfdl_core.transfer.answer import is_served, refusal
from hfdl_core.transfer.authority import BearerAuth
from hfdl_core.transfer.faults import host_of
from hfdl_core.transfer.hub_gate import OpenGate
from hfdl_core.transfer.line import Line
from hfdl_core.transfer.redirects import Redirects

_LISTED: Final = 1000  # one page
_FIRST_BYTE: Final = {"Range": "bytes=0-0", "Accept-Encoding": "identity"}


class RepoExamination:
    """Asks four or five questions and fetches one byte of one file."""

    def __init__(self, settings: Settings, wanted: RepoReference) -> None:
        self._settings = settings
        self._wanted = wanted
        self._found: RepoSnapshot | None = None
        self._sample: RepoFile | None = None

    def checks(self) -> tuple[Check, ...]:
        if self._settings.hf_hub_offline:
            return ()  # the check before these has said so
        return (
            Check("repo", self._resolve, ExitCode.UNREACHABLE),
            Check("access", self._access, ExitCode.UNREACHABLE),
            Check("cdn", self._first_byte, ExitCode.UNREACHABLE),
        )

    def _resolve(self) -> Iterator[Finding]:
        wanted = self._wanted
        with self._catalog() as catalog:
            self._found = found = catalog.resolve(wanted.repo_id, wanted.repo_type, wanted.revision)
            listed = list(islice(catalog.list_files(found), _LISTED))
        # The largest, because it is the likeliest to come from the CDN.
        self._sample = max(listed, key=lambda file: file.size, default=None)
        files = "file" if len(listed) == 1 else "files"
        count = f"{_LISTED} files or more" if len(listed) == _LISTED else f"{len(listed)} {files}"
        terms = ", gated" if found.gated else ""
        terms += ", private" if found.private else ""
        yield fine(
            "repo",
            f"{found.repo_id} ({found.repo_type}{terms}) at commit {found.commit[:12]}: {count}",
        )

    def _access(self) -> Iterator[Finding]:
        if self._found is None:
            return
        with self._catalog() as catalog:
            catalog.check_access(self._found, self._sample)
        yield fine("access", f"this machine may read the files of {self._found.repo_id}")

    def _first_byte(self) -> Iterator[Finding]:
        found, sample = self._found, self._sample
        if found is None:
            return
        if sample is None or sample.size == 0:
            yield fine("cdn", f"{found.repo_id} holds no byte that could be fetched")
            return
        source = FileSource(
            self._settings.hf_endpoint, found.repo_type, found.repo_id, found.commit, sample
        )
        try:
            yield self._fetched(source)
        except TransferError as error:
            yield broken("cdn", str(error), exit_code=ExitCode.UNREACHABLE)

    def _fetched(self, source: FileSource) -> Finding:
        line = Line(route_of(self._settings, next(iter(self._settings.proxy), None)))
        begun = time.monotonic()
        try:
            redirects = Redirects(BearerAuth(self._settings.hf_token), OpenGate())
            answered = redirects.from_hub(line, source.url, _FIRST_BYTE, Cancel())
            if not is_served(answered.response):
                raise refusal(answered.response, source.file, by_hub=answered.by_hub)
            host = host_of(answered.response.url)
        finally:
            line.hang_up()
            line.close()
        took = milliseconds(time.monotonic() - begun)
        what = f"{source.file.path} ({humanize.naturalsize(source.file.size)})"
        by_whom = "the Hub itself" if answered.by_hub else host
        return fine("cdn", f"{by_whom} serves {what}: its first byte took {took}")

    def _catalog(self) -> HubCatalog:
        return HubCatalog(
            self._settings.hf_endpoint,
            self._settings.hf_token,
            ca_file=self._settings.ca_file,
            proxy=next(iter(self._settings.proxy), None),
            user_agent=self._settings.user_agent,
            timeout_seconds=ANSWER_SECONDS,
            patience=NO_PATIENCE,
        )
