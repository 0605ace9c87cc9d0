"""Reads a job's record as one snapshot."""

from collections.abc import Sequence
from typing import Any

from pydantic import SecretStr, ValidationError

from hfdl_core.models import CollectorAddress, JobId, JobState, Token
from hfdl_core.queue.answers import Collector, JobSnapshot
from hfdl_core.queue.known_jobs import read_spec


def read_snapshot(job_id: JobId, row: Sequence[Any]) -> JobSnapshot | None:
    """What the snapshot script answered; None when the job has no record."""
    now_ms, meta_pairs, counter_pairs, pages, pending, delayed, leased, failed, files_failed = row
    meta = _pairs(meta_pairs)
    if b"epoch" not in meta:
        return None
    return JobSnapshot(
        spec=read_spec(job_id, meta[b"protocol"], meta[b"spec"]),
        epoch=meta[b"epoch"].decode(),
        seq=int(meta[b"seq"]),
        state=JobState(meta[b"state"].decode()),
        sealed=meta[b"sealed"] == b"1",
        files_total=int(meta.get(b"files_total", 0)),
        bytes_total=int(meta.get(b"bytes_total", 0)),
        pending=pending,
        retrying=delayed,
        in_progress=leased,
        failed=failed,
        files_failed=files_failed,
        pages=pages,
        created_ms=int(meta[b"created"]),
        updated_ms=int(meta[b"beat"]),
        now_ms=now_ms,
        counters={name.decode(): int(value) for name, value in _pairs(counter_pairs).items()},
        collector=_collector(meta),
    )


def _collector(meta: dict[bytes, bytes]) -> Collector | None:
    if b"collector_at" not in meta:
        return None
    try:
        address = CollectorAddress.model_validate_json(meta[b"collector_at"])
    except ValidationError:
        return None  # announced by a version that is not ours: as good as none
    return Collector(
        token=Token(meta[b"collector"].decode()),
        generation=int(meta[b"collector_generation"]),
        address=address,
        secret=SecretStr(meta[b"collector_secret"].decode()),
        until_ms=int(meta[b"collector_until"]),
    )


def _pairs(flat: Sequence[bytes]) -> dict[bytes, bytes]:
    return dict(zip(flat[::2], flat[1::2], strict=True))
