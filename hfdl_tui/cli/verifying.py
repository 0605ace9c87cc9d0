"""Verifies a directory, or a job's destination on this machine, and prints what it found."""

from pathlib import Path
from typing import Final

from hfdl_core.errors import ExitCode
from hfdl_core.settings import Settings
from hfdl_core.storage import VerifyProgress, VerifyReport, verify_directory, verify_files
from hfdl_tui.cli.output import complain, emit, emit_json, tell
from hfdl_tui.cli.session import opened_to_look
from hfdl_tui.cli.status_line import StatusLine
from hfdl_tui.wording import figures

_LISTED: Final = 100


def verify_here(settings: Settings, target: str, *, as_json: bool) -> int:
    """A path that is there means the directory, anything else a job."""
    root = Path(target).expanduser()
    if "/" in target or (target and root.exists()):
        with StatusLine() as line:
            report = verify_directory(root, lambda progress: line.show(_line(progress)))
    else:
        root, report = _verify_job(settings, target)
    if as_json:
        emit_json(_report_json(root, report))
    else:
        _emit_report(root, report)
    return ExitCode.COMPLETE if report.is_clean else ExitCode.FAILED


def _verify_job(settings: Settings, prefix: str) -> tuple[Path, VerifyReport]:
    with opened_to_look(settings) as queue:
        spec = queue.client.spec(queue.client.find_job(prefix))
        # A relative destination lies under each worker's output directory; here, under ours.
        root = settings.output_dir / spec.destination
        tell(f"verifying {root} on this machine")
        files = (file for _, file in queue.client.files(spec.job_id))
        with StatusLine() as line:
            return root, verify_files(root, files, lambda progress: line.show(_line(progress)))


def _line(progress: VerifyProgress) -> str:
    return f"verifying: {figures.files(progress.files)}, {figures.size(progress.bytes)}"


def _emit_report(root: Path, report: VerifyReport) -> None:
    for path in report.missing[:_LISTED]:
        emit(f"missing: {path}")
    for wrong in report.wrong[:_LISTED]:
        emit(f"wrong: {wrong.path}: expected {wrong.expected}, found {wrong.actual}")
    if report.is_clean:
        emit(f"verified: {figures.files(report.ok)} in {root}, all right")
        return
    if max(len(report.missing), len(report.wrong)) > _LISTED:
        tell("and more: --json lists them all")
    complain(
        f"{root}: {figures.files(report.ok)} right, {figures.count(len(report.missing))} missing, "
        f"{figures.count(len(report.wrong))} wrong; the command that made it fetches those again"
    )


def _report_json(root: Path, report: VerifyReport) -> dict[str, object]:
    return {
        "directory": str(root),
        "ok": report.ok,
        "missing": list(report.missing),
        "wrong": [wrong._asdict() for wrong in report.wrong],
    }
