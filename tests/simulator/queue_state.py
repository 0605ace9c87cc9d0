"""The whole record of one job as it lies in Redis, read past the queue's own code."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import msgpack
import redis

from hfdl_core.models import JobId

ZSETS: Final = ("pend", "delay", "lease", "eta", "open", "overq", "failed")
HASHES: Final = (
    "meta", "live", "tok", "over", "gen", "frem", "att", "crash", "best", "note", "ffail",
    "via", "cnt", "sizes",
)  # fmt: skip
REMEMBERED_MS: Final = 600_000
OUTAGE_MS: Final = 20_000


@dataclass(frozen=True, slots=True)
class LiveLease:
    """One lease as Redis records it; positions are bytes, for a batch files."""

    task_id: str
    token: str
    worker: str
    begin: int
    position: int
    end: int
    score: float
    last_report_ms: float
    speed: float
    deadline_ms: float
    record: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class QueueState:
    """Every key of a job at one instant; the fields carry the names of the keys."""

    now_ms: float
    meta: dict[str, str]
    pages: frozenset[int]
    pend: dict[str, float]
    delay: dict[str, float]
    lease: dict[str, float]
    eta: dict[str, float]
    open: dict[str, float]
    overq: dict[str, float]
    failed: dict[str, float]
    live: dict[str, LiveLease]
    tok: dict[str, str]
    over: dict[str, str]
    gen: dict[int, int]
    frem: dict[int, int]
    att: dict[str, int]
    crash: dict[str, int]
    best: dict[str, int]
    note: dict[str, str]
    ffail: dict[int, int]
    via: dict[int, str]
    cnt: dict[str, int]
    done: frozenset[int]

    @property
    def seq(self) -> int:
        return int(self.meta.get("seq", 0))

    @property
    def beat_ms(self) -> float:
        return float(self.meta.get("beat", 0))

    @property
    def status(self) -> str:
        return self.meta.get("state", "")

    @property
    def epoch(self) -> str:
        return self.meta.get("epoch", "")

    @property
    def is_outage(self) -> bool:
        """Whether the next script must forgive: nothing spoke to the queue for 20 s."""
        return not 0 <= self.now_ms - self.beat_ms <= OUTAGE_MS

    def is_used(self, token: str) -> bool:
        """Held now, or ended within the ten minutes for which endings are remembered."""
        ended_ms = self.overq.get(token)
        is_recent = ended_ms is not None and self.now_ms - ended_ms < REMEMBERED_MS
        return token in self.tok or is_recent


def key(job_id: JobId, name: str) -> str:
    return f"hfdl:{{{job_id}}}:{name}"


def read_state(client: "redis.Redis", job_id: JobId) -> QueueState:
    """One round trip; nothing else runs meanwhile in a simulation."""
    pipeline = client.pipeline(transaction=False)
    pipeline.time()
    for name in ZSETS:
        pipeline.zrange(key(job_id, name), 0, -1, withscores=True)
    for name in HASHES:
        pipeline.hgetall(key(job_id, name))
    pipeline.hkeys(key(job_id, "plan"))
    pipeline.get(key(job_id, "done"))
    (seconds, micros), *answers = pipeline.execute()
    zsets = {
        name: {member.decode(): score for member, score in rows}
        for name, rows in zip(ZSETS, answers, strict=False)
    }
    hashes: dict[str, dict[bytes, bytes]] = dict(zip(HASHES, answers[len(ZSETS) :], strict=False))
    return QueueState(
        now_ms=seconds * 1000 + micros / 1000,
        pages=frozenset(int(page) for page in answers[-2]),
        done=_set_bits(answers[-1]),
        live=_leases(hashes["live"], zsets["lease"]),
        pend=zsets["pend"],
        delay=zsets["delay"],
        lease=zsets["lease"],
        eta=zsets["eta"],
        open=zsets["open"],
        overq=zsets["overq"],
        failed=zsets["failed"],
        meta=_texts(hashes["meta"]),
        tok=_texts(hashes["tok"]),
        over=_texts(hashes["over"]),
        note=_texts(hashes["note"]),
        att=_counts(hashes["att"]),
        crash=_counts(hashes["crash"]),
        best=_counts(hashes["best"]),
        cnt=_counts(hashes["cnt"]),
        gen=_by_file(hashes["gen"]),
        frem=_by_file(hashes["frem"]),
        ffail=_by_file(hashes["ffail"]),
        via={int(field): value.decode() for field, value in hashes["via"].items()},
    )


def _texts(fields: Mapping[bytes, bytes]) -> dict[str, str]:
    return {field.decode(): value.decode(errors="replace") for field, value in fields.items()}


def _counts(fields: Mapping[bytes, bytes]) -> dict[str, int]:
    return {field.decode(): int(value) for field, value in fields.items()}


def _by_file(fields: Mapping[bytes, bytes]) -> dict[int, int]:
    return {int(field): int(value) for field, value in fields.items()}


def _set_bits(bitmap: bytes | None) -> frozenset[int]:
    return frozenset(
        octet * 8 + bit
        for octet, value in enumerate(bitmap or b"")
        if value
        for bit in range(8)
        if value & (0x80 >> bit)
    )


def _leases(records: Mapping[bytes, bytes], deadlines: Mapping[str, float]) -> dict[str, LiveLease]:
    leases = {}
    for task_id, packed in records.items():
        record = msgpack.unpackb(packed)
        name = task_id.decode()
        leases[name] = LiveLease(
            task_id=name,
            token=record["t"],
            worker=record["w"],
            begin=int(record["b"]),
            position=int(record["p"]),
            end=int(record["e"]),
            score=float(record["s"]),
            last_report_ms=float(record["l"]),
            speed=float(record["v"]),
            deadline_ms=deadlines.get(name, float("nan")),
            record=record,
        )
    return leases
