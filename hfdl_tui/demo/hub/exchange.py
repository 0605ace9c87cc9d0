"""One request and its answer, as the pretend Hub's parts hand them to each other."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.message import Message
from enum import StrEnum
from http import HTTPStatus
from urllib.parse import parse_qs

from hfdl_tui.demo.hub.content import Content, MemoryContent


class Role(StrEnum):
    """Which part of the Hub a request meets; faults and the request log go by it."""

    API = "api"
    RESOLVE = "resolve"
    RESOLVE_CACHE = "resolve-cache"
    PAGE = "page"
    CDN = "cdn"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Request:
    role: Role
    method: str
    path: str  # as sent, still percent-encoded
    query: str
    headers: Message
    body: bytes
    client: str
    file: str = ""  # the path inside the repo, where the URL names one

    def parameter(self, name: str, default: str = "") -> str:
        return self.parameters().get(name, [default])[-1]

    def parameters(self) -> dict[str, list[str]]:
        return parse_qs(self.query, keep_blank_values=True)

    def flag(self, name: str) -> bool:
        # The official client sends "true", Python's requests sends "True".
        return self.parameter(name).lower() in {"true", "1"}

    def number(self, name: str, default: int) -> int:
        given = self.parameter(name)
        if given and not given.isdecimal():
            raise Refusal(HTTPStatus.BAD_REQUEST, f"{name} must be a number")
        return int(given) if given else default

    @property
    def authorization(self) -> str | None:
        value: str | None = self.headers.get("Authorization")
        return value


@dataclass(frozen=True, slots=True)
class Span:
    """The part of a file that an answer carries."""

    content: Content
    start: int
    length: int

    @classmethod
    def of(cls, body: bytes) -> "Span":
        return cls(MemoryContent(body), 0, len(body))

    @property
    def end(self) -> int:
        return self.start + self.length


@dataclass(slots=True)
class Response:
    status: int
    headers: dict[str, str] = field(default_factory=dict)
    span: Span = field(default_factory=lambda: Span.of(b""))

    @classmethod
    def of_json(
        cls, value: object, status: int = HTTPStatus.OK, headers: Mapping[str, str] | None = None
    ) -> "Response":
        body = json.dumps(value, ensure_ascii=False).encode()
        named = {"Content-Type": "application/json; charset=utf-8", **(headers or {})}
        return cls(status, named, Span.of(body))

    @classmethod
    def of_text(
        cls, text: str, status: int = HTTPStatus.OK, headers: Mapping[str, str] | None = None
    ) -> "Response":
        named = {"Content-Type": "text/plain; charset=utf-8", **(headers or {})}
        return cls(status, named, Span.of(text.encode()))


class Refusal(Exception):
    """The Hub says no: a status, and the X-Error headers by which clients tell the cases."""

    def __init__(
        self, status: int, message: str, code: str = "", headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.code = code
        self.headers = dict(headers or {})

    def response(self) -> Response:
        headers = {"X-Error-Message": self.message, **self.headers}
        if self.code:
            headers["X-Error-Code"] = self.code
        return Response.of_json({"error": self.message}, self.status, headers)
