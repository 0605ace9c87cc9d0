"""How the collector's answers and refusals are written in HTTP, and how they are read again."""

from http import HTTPStatus
from typing import Annotated, Final, TypeVar

from pydantic import Field, TypeAdapter, ValidationError

from hfdl_core.errors import (
    BlockRefused,
    CollectorAway,
    CollectorError,
    CollectorFull,
    CollectorMoved,
    DigestMismatch,
    DiskFull,
    FileReopened,
    HfdlError,
    OtherSourceWanted,
    VerificationError,
)
from hfdl_core.handover.blocks import Presence, Receipt
from hfdl_core.models import Frozen

ANSWER_BYTES: Final = 64 << 10  # no answer is longer
RETRY_AFTER_SECONDS: Final = 1

Told = TypeVar("Told")

_RECEIPT: Final = TypeAdapter(Receipt)
_PRESENCE: Final = TypeAdapter(Presence)
_STATUS: Final[tuple[tuple[type[HfdlError], HTTPStatus], ...]] = (
    (CollectorMoved, HTTPStatus.CONFLICT),
    (FileReopened, HTTPStatus.GONE),
    (CollectorFull, HTTPStatus.INSUFFICIENT_STORAGE),
    (DiskFull, HTTPStatus.INSUFFICIENT_STORAGE),
    (CollectorAway, HTTPStatus.SERVICE_UNAVAILABLE),
    (OtherSourceWanted, HTTPStatus.FORBIDDEN),
    (BlockRefused, HTTPStatus.UNPROCESSABLE_ENTITY),
    (VerificationError, HTTPStatus.UNPROCESSABLE_ENTITY),
)
_OWN_ERROR: Final[dict[int, type[CollectorError]]] = {
    HTTPStatus.BAD_REQUEST: BlockRefused,
    # Another job's collector, or this job's after the job was made anew: both have another secret.
    HTTPStatus.UNAUTHORIZED: CollectorMoved,
    HTTPStatus.FORBIDDEN: OtherSourceWanted,
    HTTPStatus.NOT_FOUND: CollectorMoved,
    HTTPStatus.CONFLICT: CollectorMoved,
    HTTPStatus.GONE: FileReopened,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: BlockRefused,
    HTTPStatus.UNPROCESSABLE_ENTITY: BlockRefused,
    HTTPStatus.INSUFFICIENT_STORAGE: CollectorFull,
}


class Refusal(Frozen):
    """The body of every answer that is no answer."""

    error: str  # a sentence for people
    path: str | None = None  # these three when a whole file had the wrong digest
    expected: str | None = None
    actual: str | None = None


class Positions(Frozen):
    durable: tuple[Annotated[int, Field(ge=0)], ...]


_POSITIONS: Final = TypeAdapter(Positions)


class AnswerBroken(ValueError):
    """No collector answers like this."""


def receipt_body(receipt: Receipt) -> bytes:
    return _RECEIPT.dump_json(receipt)


def presence_body(presence: Presence) -> bytes:
    return _PRESENCE.dump_json(presence)


def positions_body(positions: list[int]) -> bytes:
    return Positions(durable=tuple(positions)).model_dump_json().encode()


def read_receipt(body: bytes) -> Receipt:
    return _read(_RECEIPT, body)


def read_presence(body: bytes) -> Presence:
    return _read(_PRESENCE, body)


def read_positions(body: bytes) -> list[int]:
    return list(_read(_POSITIONS, body).durable)


def status_of(error: HfdlError) -> HTTPStatus:
    for kind, status in _STATUS:
        if isinstance(error, kind):
            return status
    return HTTPStatus.INTERNAL_SERVER_ERROR


def refusal_body(error: HfdlError) -> bytes:
    if isinstance(error, DigestMismatch):
        told = Refusal(
            error=str(error), path=error.path, expected=error.expected, actual=error.actual
        )
    else:
        told = Refusal(error=str(error))
    return told.model_dump_json(exclude_none=True).encode()


def refused(status: int, body: bytes, where: str) -> HfdlError:
    """What the collector raised, as far as it can be told from its answer."""
    if status == HTTPStatus.REQUEST_TIMEOUT:
        return CollectorAway(f"{where}: the request did not arrive there in time")
    try:
        told = Refusal.model_validate_json(body)
    except ValidationError:
        # Some other program, or a proxy in between: its words mean nothing here.
        return CollectorAway(f"{where} answers {status}, which is no collector's answer")
    if told.path is not None and told.expected is not None and told.actual is not None:
        return DigestMismatch(told.path, told.expected, told.actual)
    kind = _OWN_ERROR.get(status, CollectorAway)
    return kind(f"{where}: {_one_line(told.error)}")


def _read(adapter: TypeAdapter[Told], body: bytes) -> Told:
    try:
        return adapter.validate_json(body, strict=True)
    except ValidationError as error:
        raise AnswerBroken("its answer cannot be read") from error


def _one_line(text: str) -> str:
    return "".join(letter for letter in " ".join(text.split()) if letter.isprintable())[:300]
