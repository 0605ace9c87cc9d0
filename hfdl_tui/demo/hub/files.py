"""Where the Hub serves files: redirects to the CDN or to its own cache, and that cache."""

import gzip
from http import HTTPStatus
from urllib.parse import quote

from hfdl_tui.demo.hub.catalog import find_commit, find_file
from hfdl_tui.demo.hub.cdn import Cdn
from hfdl_tui.demo.hub.exchange import Request, Response, Span
from hfdl_tui.demo.hub.options import HubOptions, ResolveStyle
from hfdl_tui.demo.hub.ranges import content_answer
from hfdl_tui.demo.hub.repo import Commit, Repo, RepoFile
from hfdl_tui.demo.hub.routes import Target

_TEXT_SUFFIXES = (".md", ".txt", ".json", ".jsonl", ".csv", ".yaml", ".yml", ".gitattributes")
_LONGEST_GZIPPED = 1 << 20


def resolve_answer(
    options: HubOptions, cdn: Cdn, repo: Repo, target: Target, request: Request
) -> Response:
    """Answer a file URL: LFS files lead to the CDN, regular ones to the resolve cache."""
    commit = find_commit(repo, target.revision)
    file = find_file(commit, target.path)
    if request.headers.get("If-None-Match", "").strip('W/"') == file.etag:
        headers = {"ETag": f'"{file.etag}"', "X-Repo-Commit": commit.sha}
        return Response(HTTPStatus.NOT_MODIFIED, headers)
    if options.resolve_style is ResolveStyle.DIRECT:
        return _direct(options, commit, file, request)
    if file.lfs:
        return _to_cdn(options, cdn, repo, commit, file, request)
    return _to_cache(repo, commit, file)


def cached_answer(
    options: HubOptions, cdn: Cdn, repo: Repo, target: Target, request: Request
) -> Response:
    """Answer the URL that regular files are redirected to."""
    commit = find_commit(repo, target.revision)
    file = find_file(commit, target.path)
    if file.lfs:
        return _to_cdn(options, cdn, repo, commit, file, request)
    return _direct(options, commit, file, request)


def _to_cache(repo: Repo, commit: Commit, file: RepoFile) -> Response:
    place = f"{repo.kind.plural}/{repo.repo_id}/{commit.sha}/{quote(file.path)}"
    etag = quote(f'"{file.etag}"', safe="")
    location = f"/api/resolve-cache/{place}?{quote(file.path, safe='')}=&etag={etag}"
    headers = {"Location": location, "X-Repo-Commit": commit.sha}
    text = f"Temporary Redirect. Redirecting to {location}"
    return Response.of_text(text, HTTPStatus.TEMPORARY_REDIRECT, headers)


def _to_cdn(
    options: HubOptions,
    cdn: Cdn,
    repo: Repo,
    commit: Commit,
    file: RepoFile,
    request: Request,
) -> Response:
    location = cdn.link(repo, file, options.signature_seconds)
    headers = {
        "Location": location,
        "X-Repo-Commit": commit.sha,
        "X-Linked-Size": str(file.size),
        "X-Linked-ETag": f'"{file.etag}"',
        "Accept-Ranges": "bytes",
    }
    if file.xet:
        token = f"http://{request.headers['Host']}/api/{repo.kind.plural}/{repo.repo_id}"
        headers["X-Xet-Hash"] = file.xet_hash
        headers["Link"] = f'<{token}/xet-read-token/{commit.sha}>; rel="xet-auth"'
    return Response.of_text(f"Found. Redirecting to {location}", HTTPStatus.FOUND, headers)


def _direct(options: HubOptions, commit: Commit, file: RepoFile, request: Request) -> Response:
    headers = {
        "ETag": f'"{file.etag}"',
        "X-Repo-Commit": commit.sha,
        "Content-Type": "application/octet-stream",
    }
    if options.gzip_text and _is_gzipped(file, request):
        return _gzipped(file, headers)
    return content_answer(file.content, request.headers.get("Range"), headers)


def _is_gzipped(file: RepoFile, request: Request) -> bool:
    small_text = file.path.endswith(_TEXT_SUFFIXES) and 0 < file.size <= _LONGEST_GZIPPED
    return small_text and request.headers.get("Accept-Encoding") != "identity"


def _gzipped(file: RepoFile, headers: dict[str, str]) -> Response:
    # The Hub ignores Range here, and neither length nor digest fit the bytes on the wire.
    packed = gzip.compress(file.content.read(0, file.size), compresslevel=1, mtime=0)
    body = b"%x\r\n%b\r\n0\r\n\r\n" % (len(packed), packed)
    headers |= {
        "ETag": f'W/"{file.etag}"',
        "Content-Encoding": "gzip",
        "Transfer-Encoding": "chunked",
        "Vary": "Accept-Encoding",
    }
    return Response(HTTPStatus.OK, headers, Span.of(body))
