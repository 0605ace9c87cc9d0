"""Answers what workers ask over the network; refuses whoever does not know the job's secret."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final, NamedTuple

from pydantic import SecretStr

from hfdl_core.errors import CollectorMoved, HfdlError
from hfdl_core.handover import Block, Handover, wire
from hfdl_core.handover.answers import (
    Refusal,
    positions_body,
    presence_body,
    receipt_body,
    refusal_body,
    status_of,
)
from hfdl_core.handover.blocks import MOST_BLOCK_BYTES
from hfdl_core.handover.signing import (
    Claims,
    claims_of_block,
    claims_of_look,
    claims_of_question,
    is_signed,
)
from hfdl_core.models import JobId

ReadBody = Callable[[int], AbstractContextManager[memoryview]]


class Answer(NamedTuple):
    status: HTTPStatus
    body: bytes


@dataclass(frozen=True, slots=True)
class Asked:
    """A request's head, and the way to its body; nothing of it has been believed yet."""

    method: str
    target: str
    headers: Mapping[str, str]  # by lower-case name
    body_bytes: int
    read_body: ReadBody  # of just so many bytes; their buffer is used again behind the block

    def header(self, name: str) -> str:
        return self.headers.get(name.lower(), "")


@dataclass(frozen=True, slots=True)
class OwnJob:
    """Whose blocks are taken, and by which of its collectors."""

    job_id: JobId
    generation: int
    secret: SecretStr
    is_current: Callable[[], bool]  # False once another collector has the job


class _Refused(Exception):
    def __init__(self, status: HTTPStatus, text: str) -> None:
        super().__init__(text)
        self.status = status


_UNSIGNED: Final = "the signature is missing or wrong"
_PONG: Final = Answer(HTTPStatus.OK, wire.PONG)


class Desk:
    """Looks at a whole head before a byte of the body is read."""

    def __init__(self, handover: Handover, own: OwnJob) -> None:
        self._handover = handover
        self._own = own

    def answer(self, asked: Asked) -> Answer:
        try:
            return self._answer(asked)
        except wire.Nonsense as nonsense:
            return _refusal(HTTPStatus.BAD_REQUEST, str(nonsense))
        except _Refused as refused:
            return _refusal(refused.status, str(refused))
        except HfdlError as error:
            return Answer(status_of(error), refusal_body(error))

    def _answer(self, asked: Asked) -> Answer:
        path, mark, query = asked.target.partition("?")
        if asked.method not in {"PUT", "POST"} and asked.body_bytes:
            raise wire.Nonsense("this question has no body")
        if asked.method == "GET" and path == wire.PING_PATH and not mark:
            return _PONG
        place = wire.Place.parse(path)
        if place is None:
            raise _Refused(HTTPStatus.NOT_FOUND, "there is nothing here")
        match asked.method, place.file is not None, place.is_durable:
            case "GET", False, False if not mark:
                return self._greet(asked, place)
            case "GET", True, _:
                return self._look(asked, place, query)
            case "PUT", True, _ if not mark:
                return self._take(asked, place)
            case "POST", False, True if not mark:
                return self._durable(asked, place)
        raise _Refused(HTTPStatus.METHOD_NOT_ALLOWED, "this is not asked here")

    def _greet(self, asked: Asked, place: wire.Place) -> Answer:
        self._admit(asked, place, claims_of_question("GET", place))
        return _PONG

    def _look(self, asked: Asked, place: wire.Place, query: str) -> Answer:
        covered = wire.parse_look(query)
        self._admit(asked, place, claims_of_look(place, covered))
        if place.file is None:
            raise _Refused(HTTPStatus.NOT_FOUND, "no file is named")
        presence = self._handover.look(place.file, covered.begin, covered.end)
        status = HTTPStatus.ACCEPTED if presence.checking else HTTPStatus.OK
        return Answer(status, presence_body(presence))

    def _take(self, asked: Asked, place: wire.Place) -> Answer:
        head = wire.BlockHead.parse(
            asked.header(wire.RANGE_HEADER),
            asked.header(wire.TOKEN_HEADER),
            asked.header(wire.SINCE_HEADER),
            asked.header(wire.CRC32_HEADER),
        )
        self._admit(asked, place, claims_of_block(place, head))
        _check_length(asked, MOST_BLOCK_BYTES)
        if head.range.length != asked.body_bytes:
            raise wire.Nonsense("Content-Length and Content-Range do not agree")
        if place.file is None:
            raise _Refused(HTTPStatus.NOT_FOUND, "no file is named")
        with asked.read_body(asked.body_bytes) as data:
            block = Block(place.file, head.range.begin, data, head.crc32, head.token, head.since)
            receipt = self._handover.give(block)
        return Answer(HTTPStatus.OK, receipt_body(receipt))

    def _durable(self, asked: Asked, place: wire.Place) -> Answer:
        crc32 = asked.header(wire.CRC32_HEADER)
        wire.parse_crc32(crc32)
        self._admit(asked, place, claims_of_question("POST", place, crc32))
        _check_length(asked, wire.DURABLE_BODY_BYTES)
        with asked.read_body(asked.body_bytes) as body:
            if wire.crc32_of(body) != crc32:
                raise _Refused(HTTPStatus.UNPROCESSABLE_ENTITY, "the list was changed on its way")
            positions = wire.parse_durable(body, place.job_id)
        return Answer(HTTPStatus.OK, positions_body(self._handover.durable(positions)))

    def _admit(self, asked: Asked, place: wire.Place, claims: Claims) -> None:
        own = self._own
        if not is_signed(own.secret, claims, asked.header("Authorization")):
            raise _Refused(HTTPStatus.UNAUTHORIZED, _UNSIGNED)
        if place.job_id != own.job_id:
            raise _Refused(HTTPStatus.NOT_FOUND, "this collector has another job")
        if place.collector_generation != own.generation or not own.is_current():
            raise CollectorMoved("another collector has this job")


def _check_length(asked: Asked, most: int) -> None:
    if asked.body_bytes > most:
        raise _Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"at most {most} bytes are taken")
    if asked.body_bytes == 0:
        raise wire.Nonsense("the body is missing")


def _refusal(status: HTTPStatus, text: str) -> Answer:
    return Answer(status, Refusal(error=text).model_dump_json(exclude_none=True).encode())
