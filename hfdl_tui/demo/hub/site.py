"""The Hub's own host: finds out what a request asks for and who asks, and answers it."""

from http import HTTPStatus
from urllib.parse import quote

from hfdl_tui.demo.hub.access import Doorkeeper, Part
from hfdl_tui.demo.hub.catalog import Catalog
from hfdl_tui.demo.hub.cdn import Cdn
from hfdl_tui.demo.hub.exchange import Refusal, Request, Response, Role
from hfdl_tui.demo.hub.files import cached_answer, resolve_answer
from hfdl_tui.demo.hub.listing import paths_answer, tree_answer
from hfdl_tui.demo.hub.metadata import refs_answer, repo_answer, search_answer, whoami_answer
from hfdl_tui.demo.hub.options import HubOptions
from hfdl_tui.demo.hub.repo import Repo
from hfdl_tui.demo.hub.routes import Endpoint, Target, parse_path


class Site:
    """Answers requests to the Hub's host; knows nothing of sockets, faults and quotas."""

    def __init__(
        self, options: HubOptions, catalog: Catalog, doorkeeper: Doorkeeper, cdn: Cdn
    ) -> None:
        self._options = options
        self._catalog = catalog
        self._doorkeeper = doorkeeper
        self._cdn = cdn

    def answer(self, request: Request) -> Response:
        target = parse_path(request.path)
        try:
            return self._answer(request, target) if target else _no_page()
        except Refusal as refusal:
            return refusal.response()

    def _answer(self, request: Request, target: Target) -> Response:
        caller = self._doorkeeper.caller(request.authorization)
        if target.endpoint is Endpoint.WHOAMI:
            return whoami_answer(caller)
        if target.endpoint is Endpoint.SEARCH:
            return search_answer(self._catalog, caller, target.kind, request)
        new_name = self._catalog.new_name(target.kind, target.repo_id)
        if new_name is not None:
            return _moved(request, target, new_name)
        files = target.role is not Role.API or target.endpoint is Endpoint.AUTH_CHECK
        part = Part.FILES if files else Part.METADATA
        repo = self._catalog.open(caller, target.kind, target.repo_id, part)
        if target.role is Role.API:
            return self._about(repo, request, target)
        answer = resolve_answer if target.endpoint is Endpoint.RESOLVE else cached_answer
        return answer(self._options, self._cdn, repo, target, request)

    def _about(self, repo: Repo, request: Request, target: Target) -> Response:
        match target.endpoint:
            case Endpoint.TREE:
                return tree_answer(self._options, repo, target, request)
            case Endpoint.PATHS_INFO:
                return paths_answer(repo, target, request)
            case Endpoint.REFS:
                return refs_answer(repo, request)
            case Endpoint.AUTH_CHECK:
                return Response.of_json({})
            case _:
                return repo_answer(self._options, repo, target, request)


def _no_page() -> Response:
    return Refusal(HTTPStatus.NOT_FOUND, "Sorry, we can't find this page.").response()


def _moved(request: Request, target: Target, new_name: str) -> Response:
    # The old id stands in the path as it was sent; only its first occurrence is the repo.
    location = request.path.replace(f"/{quote(target.repo_id)}", f"/{new_name}", 1)
    if request.query:
        location += f"?{request.query}"
    text = f"Temporary Redirect. Redirecting to {location}"
    return Response.of_text(text, HTTPStatus.TEMPORARY_REDIRECT, {"Location": location})
