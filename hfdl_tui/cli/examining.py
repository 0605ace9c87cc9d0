"""Prints what the doctor finds, while it is found."""

import os
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final, NamedTuple

from hfdl_core.bootstrap import make_doctor
from hfdl_core.doctor import Finding, verdict
from hfdl_core.hub import RepoReference, parse_repo
from hfdl_core.models import RepoType
from hfdl_core.settings import Settings
from hfdl_tui.cli.as_json import JsonObject
from hfdl_tui.cli.output import emit, emit_json_list

_CHECK_WIDTH: Final = 12  # the longest name


class Wanted(NamedTuple):
    """The repo that was asked about, as typed."""

    repo: str
    repo_type: str | None
    revision: str | None


def examine(settings: Settings, wanted: Wanted | None, *, as_json: bool) -> int:
    """One line a finding; returns the exit code."""
    doctor = make_doctor(settings, os.environ, _reference(wanted, settings.hf_endpoint))
    told: list[Finding] = []
    findings = _remembering(doctor.examine(), told)
    if as_json:
        emit_json_list(map(_finding_json, findings))
    else:
        for finding in findings:
            emit(f"{finding.status:<4}  {finding.check:<{_CHECK_WIDTH}}  {finding.text}")
    return verdict(told)


def _reference(wanted: Wanted | None, endpoint: str) -> RepoReference | None:
    if wanted is None:
        return None
    found = parse_repo(wanted.repo, endpoint)
    return replace(
        found,
        repo_type=RepoType(wanted.repo_type) if wanted.repo_type else found.repo_type,
        revision=wanted.revision or found.revision,
    )


def _remembering(findings: Iterable[Finding], told: list[Finding]) -> Iterator[Finding]:
    for finding in findings:
        told.append(finding)
        yield finding


def _finding_json(finding: Finding) -> JsonObject:
    return {
        "check": finding.check,
        "status": finding.status,
        "detail": finding.detail,
        "advice": finding.advice,
    }
