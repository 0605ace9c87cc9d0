"""What one check found: how it stands, what that is, and what to do about it."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from hfdl_core.errors import ExitCode, HfdlError


class Health(StrEnum):
    OK = "ok"
    WARN = "warn"  # hfdl works, but worse or less safely than it could
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report."""

    check: str
    status: Health
    detail: str
    advice: str = ""  # what to do; empty where there is nothing, or where `detail` says it
    exit_code: int = ExitCode.COMPLETE

    @property
    def text(self) -> str:
        """Both on one line."""
        return f"{self.detail}; {self.advice}" if self.advice else self.detail


def fine(check: str, detail: str, advice: str = "") -> Finding:
    return Finding(check, Health.OK, detail, advice)


def doubtful(check: str, detail: str, advice: str = "") -> Finding:
    return Finding(check, Health.WARN, detail, advice)


def broken(check: str, detail: str, advice: str = "", exit_code: int = ExitCode.FAILED) -> Finding:
    return Finding(check, Health.FAIL, detail, advice, exit_code)


def broken_by(check: str, error: HfdlError, advice: str = "") -> Finding:
    """The same for an error, whose text mostly says what to do already."""
    is_out_of_reach = error.exit_code == ExitCode.UNREACHABLE
    code = ExitCode.UNREACHABLE if is_out_of_reach else ExitCode.FAILED
    return broken(check, str(error), advice, code)


def verdict(findings: Iterable[Finding]) -> int:
    """The exit code: 3 when Redis or the Hub is out of reach, 1 for other failures, 0 without."""
    return max((finding.exit_code for finding in findings), default=ExitCode.COMPLETE)


def milliseconds(seconds: float) -> str:
    thousandths = seconds * 1000
    return f"{thousandths:.1f} ms" if thousandths < 10 else f"{thousandths:.0f} ms"  # noqa: PLR2004 - one digit behind the point is enough from here on
