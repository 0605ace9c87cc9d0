"""Asks a job's collector over the network, at the first of its addresses that answers."""

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from http import HTTPStatus
from pathlib import Path
from typing import Final, TypeVar
from urllib.parse import urlsplit

from pydantic import SecretStr
from requests import exceptions as requests_errors
from typing_extensions import override

from hfdl_core.errors import BlockRefused, CollectorAway, CollectorMoved
from hfdl_core.handover import wire
from hfdl_core.handover.answers import (
    AnswerBroken,
    read_positions,
    read_presence,
    read_receipt,
    refused,
)
from hfdl_core.handover.blocks import Block, FileKey, Handover, Presence, Receipt
from hfdl_core.handover.http_way import LOST, Asked, Sessions, Told, Way, reason
from hfdl_core.handover.signing import (
    Claims,
    authorization,
    claims_of_block,
    claims_of_look,
    claims_of_question,
)
from hfdl_core.models import ByteRange, JobId

Read = TypeVar("Read")

_DIRECT: Final = Way()
_OTHER_COLLECTOR: Final = frozenset(
    {HTTPStatus.UNAUTHORIZED, HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT}
)


def reach(
    url: str,
    ca_file: Path | None = None,
    proxy: SecretStr | None = None,
    seconds: float = _DIRECT.connect_seconds,
) -> float:
    """Seconds until a collector at this address answered; CollectorAway says why none did."""
    sessions = Sessions(Way(ca_file, proxy, connect_seconds=seconds, read_seconds=seconds))
    begun = time.monotonic()
    try:
        told = sessions.ask(url.rstrip("/"), Asked("GET", wire.PING_PATH))
    except LOST as error:
        raise CollectorAway(f"{_host(url)}: {reason(error)}") from error
    finally:
        sessions.close()
    if not _is_pong(told):
        raise CollectorAway(f"{_host(url)}: something answers there, but no collector")
    return time.monotonic() - begun


class HttpHandover(Handover):
    """Finds its way anew whenever the collector stops answering; waits for nobody.

    Patience with a collector that is away for some seconds is the caller's.
    """

    def __init__(
        self,
        job_id: JobId,
        generation: int,
        secret: SecretStr,
        candidates: Sequence[str],
        way: Way = _DIRECT,
    ) -> None:
        self._job = wire.Place(job_id, generation)
        self._secret = secret
        self._candidates = tuple(url.rstrip("/") for url in candidates)
        self._sessions = Sessions(way)
        self._found: str | None = None  # the candidate that answered last

    @override
    def look(self, file: FileKey, begin: int, end: int) -> Presence:
        place = replace(self._job, file=file)
        claims = claims_of_look(place, ByteRange(begin, end))
        query = wire.look_query(begin, end)
        told = self._ask(Asked("GET", f"{place.path}?{query}", self._signed(claims)))
        presence = self._read(read_presence, told)
        if not begin <= presence.durable <= presence.missing_end <= max(begin, end):
            raise self._broken(f"[{presence.durable}, {presence.missing_end}) was not asked for")
        return presence

    @override
    def give(self, block: Block) -> Receipt:
        if not block.data:
            raise BlockRefused("a block without bytes cannot be handed over")
        head = wire.BlockHead.of(block)
        place = replace(self._job, file=block.file)
        headers = head.as_headers() | self._signed(claims_of_block(place, head))
        told = self._ask(Asked("PUT", place.path, headers, block.data))
        receipt = self._read(read_receipt, told)
        if not (0 <= receipt.received <= len(block.data) and receipt.durable >= 0):
            raise self._broken("it cannot have taken that many bytes")
        return receipt

    @override
    def durable(self, asked: Sequence[tuple[FileKey, int]]) -> list[int]:
        positions: list[int] = []
        for body in wire.durable_bodies(asked):
            positions += self._durable(body, min(wire.DURABLE_ENTRIES, len(asked) - len(positions)))
        return positions

    def find(self) -> None:
        """See that the collector is reached; CollectorAway or CollectorMoved when it is not."""
        self._find()

    def close(self) -> None:
        self._sessions.close()

    def _durable(self, body: bytes, expected: int) -> list[int]:
        place = replace(self._job, is_durable=True)
        crc32 = wire.crc32_of(body)
        headers = {wire.CRC32_HEADER: crc32, "Content-Type": "application/json"}
        headers |= self._signed(claims_of_question("POST", place, crc32))
        told = self._ask(Asked("POST", place.path, headers, body))
        positions = self._read(read_positions, told)
        if len(positions) != expected:
            raise self._broken(f"it tells {len(positions)} positions instead of {expected}")
        return positions

    def _ask(self, asked: Asked) -> Told:
        """An answer that is no refusal."""
        base, told = self._exchange(asked)
        if told.status in {HTTPStatus.OK, HTTPStatus.ACCEPTED}:
            return told
        if told.status in _OTHER_COLLECTOR:
            self._forget(base)
        raise refused(told.status, told.body, _host(base))

    def _exchange(self, asked: Asked) -> tuple[str, Told]:
        """A kept connection may have died while it was idle: that costs a second try."""
        base = self._found or self._find()
        try:
            return base, self._sessions.ask(base, asked)
        except requests_errors.ReadTimeout as error:
            self._forget(base)
            raise CollectorAway(f"{_host(base)}: {reason(error)}") from error
        except LOST:
            self._forget(base)
        base = self._find()
        try:
            return base, self._sessions.ask(base, asked)
        except LOST as error:
            self._forget(base)
            raise CollectorAway(f"{_host(base)}: {reason(error)}") from error

    def _find(self) -> str:
        """The first address at which this job's collector answers to our signature."""
        moved, refusals = False, []
        asked = Asked("GET", self._job.path, self._signed(claims_of_question("GET", self._job)))
        for base in self._candidates:
            try:
                told = self._sessions.ask(base, asked)
            except LOST as error:
                refusals.append(f"{_host(base)} ({reason(error)})")
                continue
            if _is_pong(told):
                self._found = base
                return base
            self._sessions.close()
            # It knows our secret. Whoever does not is another job's collector: ask further.
            moved = moved or told.status == HTTPStatus.CONFLICT
            refusals.append(f"{_host(base)} (answers {told.status})")
        text = f"no collector of this job answers at {', '.join(refusals) or 'any address'}"
        raise CollectorMoved(text) if moved else CollectorAway(text)

    def _forget(self, base: str) -> None:
        """Another thread may have found a better one meanwhile: that one stays."""
        if self._found == base:
            self._found = None
            self._sessions.close()

    def _signed(self, claims: Claims) -> dict[str, str]:
        return {"Authorization": authorization(self._secret, claims)}

    def _read(self, reader: Callable[[bytes], Read], told: Told) -> Read:
        try:
            return reader(told.body)
        except AnswerBroken as error:
            raise self._broken(str(error)) from error

    def _broken(self, why: str) -> CollectorAway:
        return CollectorAway(f"{_host(self._found or '')} is no collector: {why}")


def _is_pong(told: Told) -> bool:
    if told.status != HTTPStatus.OK:
        return False
    try:
        return bool(json.loads(told.body) == json.loads(wire.PONG))
    except ValueError:
        return False


def _host(url: str) -> str:
    """Without what may be secret in an address."""
    try:
        parts = urlsplit(url)
        port = "" if parts.port is None else f":{parts.port}"
    except ValueError:
        return "an address that cannot be read"
    name = parts.hostname or "nowhere"
    return f"[{name}]{port}" if ":" in name else f"{name}{port}"
