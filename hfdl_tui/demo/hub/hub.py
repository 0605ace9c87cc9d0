"""The pretend Hub: its repos, its two listeners, and what tests read and steer."""

import errno
import threading
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import parse_qs

from hfdl_tui.demo.hub.access import Access, Doorkeeper
from hfdl_tui.demo.hub.admin import ADMIN_PREFIX, Admin
from hfdl_tui.demo.hub.bandwidth import Bandwidth
from hfdl_tui.demo.hub.catalog import Catalog
from hfdl_tui.demo.hub.cdn import Cdn
from hfdl_tui.demo.hub.content import Source
from hfdl_tui.demo.hub.exchange import Request, Response, Role
from hfdl_tui.demo.hub.faults import FaultBook
from hfdl_tui.demo.hub.listener import Listener
from hfdl_tui.demo.hub.options import HubOptions
from hfdl_tui.demo.hub.repo import LfsRule, Repo, RepoKind
from hfdl_tui.demo.hub.requestlog import RequestLog
from hfdl_tui.demo.hub.routes import parse_path
from hfdl_tui.demo.hub.service import Service
from hfdl_tui.demo.hub.site import Site


class PretendHub:
    """A Hub on this machine, serving from `start` to `stop` or inside a `with`.

    `options`, `faults` and `bandwidth` may be changed while it serves; `requests` is its log.
    """

    def __init__(self, options: HubOptions | None = None) -> None:
        self.options = options or HubOptions()
        self.faults = FaultBook(self.options.seed)
        self.bandwidth = Bandwidth(self.options.client_rate, self.options.total_rate)
        self.requests = RequestLog(self.options.log_size)
        self.endpoint = ""
        self._doorkeeper = Doorkeeper()
        self._catalog = Catalog(self._doorkeeper)
        self._cdn = Cdn(self.options)
        self._site = Site(self.options, self._catalog, self._doorkeeper, self._cdn)
        self._admin = Admin(self.faults, self.bandwidth, self.requests)
        self._stopping = threading.Event()
        self._service = Service(
            self.options, self._answer, self.faults, self.bandwidth, self.requests, self._stopping
        )
        self._listeners: list[Listener] = []

    @property
    def cdn_url(self) -> str:
        return self._cdn.base_url

    def start(self) -> Self:
        serve = self._service.serve
        options = self.options
        site = Listener((options.host, options.port), _classify_site, serve)
        cdn_host, cdn = self._cdn_listener()
        self._listeners = [site, cdn]
        self.endpoint = f"http://{options.host}:{site.port}"
        self._cdn.base_url = f"http://{cdn_host}:{cdn.port}"
        for listener in self._listeners:
            listener.start()
        return self

    def stop(self) -> None:
        """End every answer and connection; a hub is not started twice."""
        self._stopping.set()
        for listener in self._listeners:
            listener.stop()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    def add_repo(
        self,
        repo_id: str,
        files: Mapping[str, Source] | Path,
        kind: str = RepoKind.DATASET,
        *,
        access: Access = Access.PUBLIC,
        lfs: LfsRule | None = None,
        xet: bool = False,
    ) -> Repo:
        """Serve a repo whose `main` holds `files`: bytes, paths or contents, or a folder."""
        repo = Repo(RepoKind(kind), repo_id, access=access, lfs=lfs, xet=xet)
        repo.commit(files, message="initial commit")
        self._catalog.add(repo)
        return repo

    def rename_repo(self, old: str, new: str, kind: str = RepoKind.DATASET) -> None:
        """Give a repo a new id; the old one redirects."""
        self._catalog.rename(RepoKind(kind), old, new)

    def add_token(self, token: str, name: str = "ann", repos: Iterable[str] = ()) -> None:
        """Know a user's token, and the gated and private repos it opens."""
        self._doorkeeper.add_token(token, name, repos)

    def bytes_sent(self, *, role: Role | None = None, client: str | None = None) -> int:
        """Count the body bytes of the requests still in the log."""
        return sum(
            record.bytes_sent
            for record in self.requests.select(role=role)
            if client in {None, record.client}
        )

    def _cdn_listener(self) -> tuple[str, Listener]:
        host, port = self.options.cdn_host, self.options.cdn_port
        try:
            return host, Listener((host, port), _classify_cdn, self._service.serve)
        except OSError as error:
            if error.errno != errno.EADDRNOTAVAIL:
                raise
        # Systems that know only one loopback address (macOS): another name for it will do.
        return "localhost", Listener(("127.0.0.1", port), _classify_cdn, self._service.serve)

    def _answer(self, request: Request) -> Response:
        match request.role:
            case Role.CDN:
                return self._cdn.answer(request)
            case Role.ADMIN if self.options.admin:
                return self._admin.answer(request)
            case Role.ADMIN:
                return Response.of_text("steering is off", HTTPStatus.NOT_FOUND)
            case _:
                return self._site.answer(request)


def _classify_site(path: str, _query: str) -> tuple[Role, str]:
    if path.startswith(ADMIN_PREFIX):
        return Role.ADMIN, ""
    target = parse_path(path)
    if target is None:
        return Role.API if path.startswith("/api/") else Role.PAGE, ""
    return target.role, target.file


def _classify_cdn(_path: str, query: str) -> tuple[Role, str]:
    return Role.CDN, parse_qs(query).get("x-pretend-file", [""])[-1]
