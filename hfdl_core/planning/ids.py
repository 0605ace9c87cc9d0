"""Ids of jobs and plans: the same request has the same id on every machine."""

import base64
import hashlib
import json
from collections.abc import Iterable
from typing import Final

from hfdl_core.models import PROTOCOL, Delivery, JobId, JobSpec, Layout, RepoFile, RepoType
from hfdl_core.planning.planner import BATCH_BYTES, BATCH_FILES, PAGE_SIZE, TINY_FILE_BYTES

_JOB_ID_LETTERS: Final = 12  # 60 bits
_PLAN_ID_DIGITS: Final = 32


def job_id(  # noqa: PLR0913 - it is made of all of these
    *,
    repo_type: RepoType,
    repo_id: str,
    commit: str,
    include: Iterable[str],
    exclude: Iterable[str],
    delivery: Delivery,
    layout: Layout,
    destination: str,
    machine: str | None,
) -> JobId:
    """12 letters and digits; `machine` is None where the destination means the same on all."""
    parameters = {
        "repo": [repo_type, repo_id, commit],
        "include": _order_free(include),
        "exclude": _order_free(exclude),
        "delivery": delivery,
        "layout": layout,
        "destination": [destination, machine],
    }
    digest = hashlib.sha256(_canonical(parameters)).digest()
    # Lower-case base32: nothing to confuse, nothing to quote, a few letters name a job.
    return JobId(base64.b32encode(digest).decode().lower()[:_JOB_ID_LETTERS])


def destination_key(spec: JobSpec) -> str:
    """Two unfinished jobs with the same key would write over each other."""
    if spec.delivery is Delivery.GATHER:
        return f"{spec.machine}:{spec.destination}"
    return spec.destination


def plan_id(spec: JobSpec, files: Iterable[RepoFile]) -> str:
    """Differs as soon as any page or task would differ; `files` in the plan's order."""
    parameters = {
        "protocol": PROTOCOL,
        "repo": [spec.repo_type, spec.repo_id, spec.commit],
        "include": _order_free(spec.include),
        "exclude": _order_free(spec.exclude),
        "delivery": spec.delivery,
        "layout": spec.layout,
        "cut": [PAGE_SIZE, TINY_FILE_BYTES, BATCH_FILES, BATCH_BYTES],
    }
    digest = hashlib.sha256(_canonical(parameters))
    for path, size, file_digest in files:
        # No listed path holds a NUL, so two manifests never run together into the same text.
        digest.update(f"\0{path}\0{size}\0{file_digest}".encode())
    return digest.hexdigest()[:_PLAN_ID_DIGITS]


def _order_free(globs: Iterable[str]) -> list[str]:
    """Globs are alternatives: neither order nor repeats mean anything."""
    return sorted(set(globs))


def _canonical(parameters: object) -> bytes:
    return json.dumps(parameters, sort_keys=True, separators=(",", ":")).encode()
