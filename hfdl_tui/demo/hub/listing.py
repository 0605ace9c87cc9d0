"""The Hub's listings of files: pages of the tree, and chosen paths."""

from http import HTTPStatus
from urllib.parse import parse_qs, urlencode

from pydantic import BaseModel, ValidationError

from hfdl_tui.demo.hub.catalog import find_commit
from hfdl_tui.demo.hub.exchange import Refusal, Request, Response
from hfdl_tui.demo.hub.options import HubOptions, Paging
from hfdl_tui.demo.hub.repo import Commit, Directory, Repo, RepoFile
from hfdl_tui.demo.hub.routes import Target

# Limits of the Hub itself: a page holds at most this many entries, a POST this many paths.
_LONGEST_PAGE = 1000
_LONGEST_EXPANDED_PAGE = 100
_MOST_PATHS = 1000


class _AskedPaths(BaseModel):
    paths: list[str]
    expand: bool = False


def tree_answer(options: HubOptions, repo: Repo, target: Target, request: Request) -> Response:
    """Answer one page of a folder; a `Link` header leads to the next one."""
    commit = find_commit(repo, target.revision)
    entries = commit.listing(target.path, recursive=request.flag("recursive"))
    if target.path and not entries:
        raise Refusal(
            HTTPStatus.NOT_FOUND,
            f"{target.path} does not exist on {target.revision}",
            "EntryNotFound",
            {"X-Repo-Commit": commit.sha},
        )
    expand = request.flag("expand")
    begin = request.number("cursor", 0)
    end = begin + _page_size(options, request, expand=expand)
    headers = {}
    if options.paging is Paging.ENDLESS:
        headers["Link"] = _next_link(options, request, begin)
    elif end < len(entries):
        headers["Link"] = _next_link(options, request, end)
    page = [_entry(commit, entry, expand=expand) for entry in entries[begin:end]]
    return Response.of_json(page, headers=headers)


def paths_answer(repo: Repo, target: Target, request: Request) -> Response:
    """Answer chosen paths of a form or JSON body; missing ones are silently left out."""
    commit = find_commit(repo, target.revision)
    paths, expand = _asked_paths(request)
    if len(paths) > _MOST_PATHS:
        raise Refusal(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too many parameters")
    found = (commit.files.get(path) or commit.directory(path) for path in paths)
    return Response.of_json([_entry(commit, entry, expand=expand) for entry in found if entry])


def _asked_paths(request: Request) -> tuple[list[str], bool]:
    if "json" in request.headers.get("Content-Type", ""):
        try:
            asked = _AskedPaths.model_validate_json(request.body)
        except ValidationError as error:
            raise Refusal(HTTPStatus.BAD_REQUEST, "paths must be a list of strings") from error
        return asked.paths, asked.expand
    form = parse_qs(request.body.decode())
    return form.get("paths", []), form.get("expand", [""])[-1].lower() == "true"


def _page_size(options: HubOptions, request: Request, *, expand: bool) -> int:
    usual = options.expanded_page_size if expand else options.page_size
    longest = _LONGEST_EXPANDED_PAGE if expand else _LONGEST_PAGE
    return max(1, min(request.number("limit", usual), longest))


def _next_link(options: HubOptions, request: Request, cursor: int) -> str:
    parameters = {name: values[-1] for name, values in request.parameters().items()}
    parameters["cursor"] = str(cursor)
    base = options.link_base or f"http://{request.headers['Host']}"
    return f'<{base}{request.path}?{urlencode(parameters)}>; rel="next"'


def _entry(commit: Commit, entry: RepoFile | Directory, *, expand: bool) -> dict[str, object]:
    described: dict[str, object] = {"oid": entry.oid, "path": entry.path}
    match entry:
        case Directory():
            described |= {"type": "directory", "size": 0}
        case RepoFile():
            described |= {"type": "file", "size": entry.size, **_lfs(entry)}
    if expand:
        described["lastCommit"] = {
            "id": commit.sha,
            "title": commit.message,
            "date": "2026-01-01T00:00:00.000Z",
        }
        if isinstance(entry, RepoFile):
            described["securityFileStatus"] = {
                "status": "unscanned",
                "avScan": None,
                "pickleImportScan": None,
            }
    return described


def _lfs(file: RepoFile) -> dict[str, object]:
    if not file.lfs:
        return {}
    described: dict[str, object] = {
        "lfs": {
            "oid": file.content.sha256(),
            "size": file.size,
            "pointerSize": len(file.pointer),
        }
    }
    if file.xet:
        described["xetHash"] = file.xet_hash
    return described
