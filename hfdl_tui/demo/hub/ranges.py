"""Answers with a file's bytes: whole, one range of it, or a range that is not there."""

import re
from collections.abc import Mapping
from http import HTTPStatus

from hfdl_tui.demo.hub.content import Content
from hfdl_tui.demo.hub.exchange import Response, Span

_RANGE = re.compile(r"bytes=(\d*)-(\d*)")


def content_answer(content: Content, asked: str | None, headers: Mapping[str, str]) -> Response:
    """Answer 200, 206 or 416; a range that nobody can read counts as none, as in RFC 9110."""
    named = {"Accept-Ranges": "bytes", **headers}
    bounds = _bounds(asked, content.size)
    if bounds is None:
        return Response(HTTPStatus.OK, named, Span(content, 0, content.size))
    begin, end = bounds
    if begin >= end:
        named["Content-Range"] = f"bytes */{content.size}"
        return Response(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, named)
    named["Content-Range"] = f"bytes {begin}-{end - 1}/{content.size}"
    return Response(HTTPStatus.PARTIAL_CONTENT, named, Span(content, begin, end - begin))


def _bounds(asked: str | None, size: int) -> tuple[int, int] | None:
    match = _RANGE.fullmatch(asked.strip()) if asked else None
    if match is None or match.groups() == ("", ""):
        return None
    first, last = match.groups()
    if not first:
        return max(0, size - int(last)), size
    if last and int(last) < int(first):
        return None
    return int(first), min(int(last) + 1, size) if last else size
