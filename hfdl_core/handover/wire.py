"""How the collector's questions are written in HTTP: paths, headers and bodies, for both sides."""

import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Self

from pydantic import TypeAdapter, ValidationError

from hfdl_core.handover.blocks import Block, FileKey
from hfdl_core.models import ByteRange, JobId, Token

PING_PATH: Final = "/v1/ping"  # the only question that needs no signature
PONG: Final = b'{"hfdl":1}'
DURABLE_ENTRIES: Final = 1000
DURABLE_BODY_BYTES: Final = 256 << 10

RANGE_HEADER: Final = "Content-Range"
TOKEN_HEADER: Final = "Hfdl-Token"  # noqa: S105 - a header's name
SINCE_HEADER: Final = "Hfdl-Since"
CRC32_HEADER: Final = "Hfdl-Crc32"

_JOB: Final = r"[A-Za-z0-9_-]{1,64}"
# Written in one way only, and far below 2**63 wherever it is added to.
_NUMBER: Final = r"(?:0|[1-9][0-9]{0,17})"
_PATH: Final = re.compile(
    rf"/v1/jobs/(?P<job>{_JOB})/(?P<generation>{_NUMBER})"
    rf"(?:(?P<durable>/durable)|/files/(?P<file>{_NUMBER})/(?P<file_generation>{_NUMBER}))?"
)
_CONTENT_RANGE: Final = re.compile(rf"bytes ({_NUMBER})-({_NUMBER})/(\*|{_NUMBER})")
_LOOK: Final = re.compile(rf"begin=({_NUMBER})&end=({_NUMBER})")
_TOKEN: Final = re.compile(r"[\x21-\x7e]{1,200}")
_CRC32: Final = re.compile(r"[0-9a-f]{8}")
_DURABLE: Final = TypeAdapter(list[tuple[int, int, int]])  # file, its generation, position


class Nonsense(ValueError):
    """This is not how a question is written; its text tells what is wrong."""


@dataclass(frozen=True, slots=True)
class Place:
    """What a path names: a job at one of its collectors, and perhaps a file of it."""

    job_id: JobId
    collector_generation: int
    file: FileKey | None = None
    is_durable: bool = False

    @classmethod
    def parse(cls, path: str) -> Self | None:
        found = _PATH.fullmatch(path)
        if found is None:
            return None
        job_id = JobId(found["job"])
        file = None
        if found["file"] is not None:
            file = FileKey(job_id, int(found["file"]), int(found["file_generation"]))
        return cls(job_id, int(found["generation"]), file, found["durable"] is not None)

    @property
    def path(self) -> str:
        path = f"/v1/jobs/{self.job_id}/{self.collector_generation}"
        if self.file is not None:
            return f"{path}/files/{self.file.file_index}/{self.file.generation}"
        return f"{path}/durable" if self.is_durable else path


@dataclass(frozen=True, slots=True)
class BlockHead:
    """All of a block but its bytes."""

    range: ByteRange
    token: Token
    since: int
    crc32: int

    @classmethod
    def of(cls, block: Block) -> Self:
        crc32 = zlib.crc32(block.data) if block.crc32 is None else block.crc32
        return cls(ByteRange(block.begin, block.end), block.token, block.since, crc32)

    @classmethod
    def parse(cls, content_range: str, token: str, since: str, crc32: str) -> Self:
        if not _TOKEN.fullmatch(token):
            raise Nonsense(f"{TOKEN_HEADER} is missing or malformed")
        if not re.fullmatch(_NUMBER, since):
            raise Nonsense(f"{SINCE_HEADER} is missing or malformed")
        return cls(
            _parse_content_range(content_range), Token(token), int(since), parse_crc32(crc32)
        )

    def as_headers(self) -> dict[str, str]:
        begin, end = self.range
        return {
            RANGE_HEADER: f"bytes {begin}-{end - 1}/*",
            TOKEN_HEADER: self.token,
            SINCE_HEADER: str(self.since),
            CRC32_HEADER: as_crc32(self.crc32),
        }


def as_crc32(crc32: int) -> str:
    return f"{crc32:08x}"


def parse_crc32(text: str) -> int:
    if not _CRC32.fullmatch(text):
        raise Nonsense(f"{CRC32_HEADER} is missing or malformed")
    return int(text, 16)


def crc32_of(body: bytes | memoryview) -> str:
    return as_crc32(zlib.crc32(body))


def look_query(begin: int, end: int) -> str:
    return f"begin={begin}&end={end}"


def parse_look(query: str) -> ByteRange:
    found = _LOOK.fullmatch(query)
    if found is None or int(found[1]) > int(found[2]):
        raise Nonsense("a look asks ?begin=BYTE&end=BYTE")
    return ByteRange(int(found[1]), int(found[2]))


def durable_bodies(asked: Sequence[tuple[FileKey, int]]) -> Iterator[bytes]:
    """As many as are needed for the answer's bounds."""
    for first in range(0, len(asked), DURABLE_ENTRIES):
        yield _DURABLE.dump_json(
            [
                (file.file_index, file.generation, position)
                for file, position in asked[first : first + DURABLE_ENTRIES]
            ]
        )


def parse_durable(body: bytes | memoryview, job_id: JobId) -> list[tuple[FileKey, int]]:
    try:
        entries = _DURABLE.validate_json(bytes(body), strict=True)
    except ValidationError as error:
        raise Nonsense("the list of positions cannot be read") from error
    if len(entries) > DURABLE_ENTRIES:
        raise Nonsense(f"at most {DURABLE_ENTRIES} positions are asked for at once")
    if any(number < 0 for entry in entries for number in entry):
        raise Nonsense("no file, generation or position is negative")
    return [(FileKey(job_id, index, generation), at) for index, generation, at in entries]


def _parse_content_range(text: str) -> ByteRange:
    found = _CONTENT_RANGE.fullmatch(text)
    if found is None:
        raise Nonsense(f"{RANGE_HEADER} is missing or malformed")
    begin, end = int(found[1]), int(found[2]) + 1
    if begin >= end or (found[3] != "*" and end > int(found[3])):
        raise Nonsense(f"{RANGE_HEADER} names no bytes of the file")
    return ByteRange(begin, end)
