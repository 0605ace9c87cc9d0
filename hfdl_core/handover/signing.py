"""Shows that a request comes from somebody who knows the job's secret, which itself stays home."""

import hashlib
import hmac
from dataclasses import astuple, dataclass, fields
from typing import Final

from pydantic import SecretStr

from hfdl_core.handover.wire import BlockHead, Place, as_crc32
from hfdl_core.models import ByteRange, JobId

_SCHEME: Final = "HFDL-HMAC-SHA256"


@dataclass(frozen=True, slots=True)
class Claims:
    """What a signature covers; what a request does not have is empty."""

    method: str
    job_id: JobId
    collector_generation: int
    path: str
    range: str = ""
    crc32: str = ""  # of the body: who changes it must find other bytes with the same sum
    token: str = ""
    since: str = ""

    def as_text(self) -> str:
        """One line each. ValueError when a value would run into the next line."""
        values = [str(value) for value in astuple(self)]
        if any("\n" in value for value in values):
            raise ValueError("a signed value has one line")
        names = (field.name for field in fields(self))
        return "\n".join(f"{name}: {value}" for name, value in zip(names, values, strict=True))


def claims_of_question(method: str, place: Place, crc32: str = "") -> Claims:
    """About a job as a whole; `crc32` of the body when there is one."""
    return Claims(method, place.job_id, place.collector_generation, place.path, crc32=crc32)


def claims_of_look(place: Place, asked: ByteRange) -> Claims:
    return Claims(
        "GET", place.job_id, place.collector_generation, place.path, range=_half_open(asked)
    )


def claims_of_block(place: Place, head: BlockHead) -> Claims:
    return Claims(
        "PUT",
        place.job_id,
        place.collector_generation,
        place.path,
        range=_half_open(head.range),
        crc32=as_crc32(head.crc32),
        token=head.token,
        since=str(head.since),
    )


def authorization(secret: SecretStr, claims: Claims) -> str:
    """The `Authorization` header of a request that claims this."""
    key = secret.get_secret_value().encode()
    return f"{_SCHEME} {hmac.new(key, claims.as_text().encode(), hashlib.sha256).hexdigest()}"


def is_signed(secret: SecretStr, claims: Claims, header: str) -> bool:
    """Takes equally long wherever the first wrong letter stands."""
    return hmac.compare_digest(authorization(secret, claims).encode(), header.encode())


def _half_open(covered: ByteRange) -> str:
    return f"{covered.begin}-{covered.end}"
