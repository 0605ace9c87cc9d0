"""The pretend CDN: serves blobs to whoever holds a signed link, as object stores do."""

from http import HTTPStatus

from hfdl_tui.demo.hub.content import Content
from hfdl_tui.demo.hub.exchange import Request, Response
from hfdl_tui.demo.hub.options import HubOptions
from hfdl_tui.demo.hub.ranges import content_answer
from hfdl_tui.demo.hub.repo import Repo, RepoFile
from hfdl_tui.demo.hub.signing import Signer


class Cdn:
    """Blobs by sha256; `base_url` is known once its listener is bound."""

    def __init__(self, options: HubOptions) -> None:
        self.base_url = ""
        self._options = options
        self._signer = Signer(options.seed)
        self._blobs: dict[str, tuple[Content, str]] = {}

    def link(self, repo: Repo, file: RepoFile, seconds: float) -> str:
        self._blobs[file.content.sha256()] = (file.content, file.xet_hash)
        return self.base_url + self._signer.link(repo, file, seconds)

    def answer(self, request: Request) -> Response:
        if request.authorization is not None:
            return _refused(
                HTTPStatus.BAD_REQUEST,
                "InvalidArgument",
                "Only one auth mechanism allowed: the query or the Authorization header",
            )
        ticket = self._signer.check(request.path, request.query)
        if ticket is None or request.method != "GET":
            return _refused(HTTPStatus.FORBIDDEN, "AccessDenied", "Request has expired or is bad")
        if ticket.blob not in self._blobs:
            return _refused(HTTPStatus.NOT_FOUND, "NoSuchKey", "No such blob here")
        content, etag = self._blobs[ticket.blob]
        asked: str | None = request.headers.get("Range")
        if asked is None and content.size > self._options.unranged_limit:
            return _refused(HTTPStatus.BAD_REQUEST, "InvalidRequest", "Ask for a range")
        # The ETag is 64 hex digits that look like a sha256 and match no digest of the file.
        headers = {"ETag": f'"{etag}"', "Content-Type": "application/octet-stream"}
        return content_answer(content, asked, headers)


def _refused(status: int, code: str, message: str) -> Response:
    body = f"<Error><Code>{code}</Code><Message>{message}</Message></Error>"
    return Response.of_text(body, status, {"Content-Type": "application/xml"})
