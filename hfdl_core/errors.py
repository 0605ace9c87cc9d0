"""Every error hfdl raises, in one tree; who is at fault and what it costs stand on the class.

HfdlError
├── UsageError         SettingsError · BadGlob · UnknownJob · AmbiguousJob · UnknownWorker
│                      DestinationRefused
├── HubError           RepoNotFound · RevisionNotFound · RepoDisabled · AccessDenied · BadToken
│                      HubUnavailable* · HubBusy* · ListingBroken
├── TransferError      ConnectionLost* · ServerBusy* · ServerFault* · TransferStalled*
│                      RangeRefused* · FileRefused* · FileMissing · FileUnreadable
│                      WorkerDenied · WorkerOffline* · WayFiltered* · TransferCancelled
├── QueueError         QueueUnavailable* · QueueRefused · LeaseLost · QueueEmptied
│                      QueueRolledBack · ProtocolMismatch · PlanMismatch · JobNotRunning
├── UnexpectedFailure*
├── CollectorError     CollectorAway* · CollectorMoved* · CollectorFull* · FileReopened
│                      BlockRefused* · OtherSourceWanted*
├── StorageError       DiskFull · UnsafePath · OutputRefused · FileInUse
└── VerificationError* SizeMismatch* · DigestMismatch*                      * retryable
"""

from enum import StrEnum
from typing import ClassVar


class ErrorScope(StrEnum):
    """Who pays for a failure."""

    WORKER = "worker"  # this machine is at fault: the task goes back without an attempt
    FILE = "file"  # this file is at fault: an attempt is counted
    JOB = "job"  # the whole job cannot go on; only the master's own checks say so
    BUSY = "busy"  # the Hub asks for patience: nobody pays


class ExitCode:
    """What the shell sees (the command line's contract)."""

    COMPLETE: ClassVar[int] = 0
    FAILED: ClassVar[int] = 1
    USAGE: ClassVar[int] = 2
    UNREACHABLE: ClassVar[int] = 3
    INTERRUPTED: ClassVar[int] = 130


class HfdlError(Exception):
    """The root; its text is one line that tells a user what to do next."""

    retryable: ClassVar[bool] = False
    scope: ClassVar[ErrorScope] = ErrorScope.FILE
    exit_code: ClassVar[int] = ExitCode.FAILED

    @property
    def cause(self) -> str:
        """The word under which failures of one kind are grouped and requeued."""
        return type(self).__name__


# --- wrong use -------------------------------------------------------------------------------


class UsageError(HfdlError):
    """The request itself is wrong; running it again unchanged cannot help."""

    scope = ErrorScope.JOB
    exit_code = ExitCode.USAGE


class SettingsError(UsageError):
    """A setting is unknown or has a wrong value; the message names it."""


class BadGlob(UsageError):
    """An include or exclude pattern cannot be read."""


class UnknownJob(UsageError):
    """No job has this id or prefix."""


class AmbiguousJob(UsageError):
    """Several jobs begin with this prefix."""


class UnknownWorker(UsageError):
    """No worker has this id."""


class DestinationRefused(UsageError):
    """The place where files should go cannot be used; the message names the way out."""


# --- the Hub's own answers, as the master meets them -----------------------------------------


class HubError(HfdlError):
    """The Hub refused or could not be understood."""

    scope = ErrorScope.JOB
    exit_code = ExitCode.UNREACHABLE


class RepoNotFound(HubError):
    """No such repo, or a private one that this token may not see (the Hub does not tell which)."""


class RevisionNotFound(HubError):
    """The repo has no such branch, tag or commit."""


class RepoDisabled(HubError):
    """The Hub has switched the repo off."""


class AccessDenied(HubError):
    """The repo is gated and this token has not been granted access."""


class BadToken(HubError):
    """The Hub does not know this token."""


class HubUnavailable(HubError):
    """The Hub cannot be reached or answers with a server error after all retries."""

    retryable = True


class HubBusy(HubUnavailable):
    """The Hub asks for patience (429): a quota of requests is used up."""


class ListingBroken(HubError):
    """The file listing contradicts itself: a page loop, a malformed entry, an unsafe path."""


# --- fetching bytes --------------------------------------------------------------------------


class TransferError(HfdlError):
    """Bytes did not arrive as asked."""


class ConnectionLost(TransferError):
    """The connection broke or the answer ended before its announced length."""

    retryable = True


class ServerBusy(TransferError):
    """The server asked us to slow down (429, 503)."""

    retryable = True
    scope = ErrorScope.BUSY

    def __init__(self, host: str, status: int, retry_after_seconds: float | None) -> None:
        wait = "" if retry_after_seconds is None else f"; asks for {retry_after_seconds:.0f} s"
        super().__init__(f"{host} is busy ({status}){wait}")
        self.host = host
        self.status = status
        self.retry_after_seconds = retry_after_seconds


class ServerFault(TransferError):
    """The server failed on this file (500, 502, 504)."""

    retryable = True


class TransferStalled(TransferError):
    """No byte arrived for the length of the stall watchdog."""

    retryable = True


class RangeRefused(TransferError):
    """The answer is not the range that was asked for; none of it was kept."""

    retryable = True


class FileRefused(TransferError):
    """The Hub names an address for this file, and the store there refuses it (401, 403, 404)."""

    retryable = True


class WayFiltered(TransferError):
    """A filter on the way to the store answers in its place, with a web page (401, 403)."""

    retryable = True


class FileMissing(TransferError):
    """The Hub lists the file but does not serve it (404, 416)."""


class FileUnreadable(TransferError):
    """This way of downloading cannot serve the file; another may (400 from the bridge, say)."""


class WorkerDenied(TransferError):
    """This machine may not read what the master may: its token is missing or lacks access."""

    scope = ErrorScope.WORKER


class WorkerOffline(TransferError):
    """This machine cannot reach the Hub: proxy, DNS, certificate or network."""

    scope = ErrorScope.WORKER
    retryable = True


class TransferCancelled(TransferError):
    """The transfer was asked to stop; no fault of anyone."""

    scope = ErrorScope.WORKER


# --- the queue -------------------------------------------------------------------------------


class QueueError(HfdlError):
    """Redis or the job's record in it."""

    scope = ErrorScope.WORKER
    exit_code = ExitCode.UNREACHABLE


class QueueUnavailable(QueueError):
    """Redis does not answer."""

    retryable = True


class QueueRefused(QueueError):
    """Redis answers but will not serve us: wrong password, too old, read-only, out of memory."""


class LeaseLost(QueueError):
    """Somebody else holds the task now; what this worker did for it must be dropped."""


class QueueEmptied(QueueError):
    """The job's record is gone or was made anew: Redis was flushed."""


class QueueRolledBack(QueueError):
    """Redis went back in time: it lost the tail of its log."""


class ProtocolMismatch(QueueError):
    """The job was made by another version of hfdl whose tasks this one does not know."""


class PlanMismatch(QueueError):
    """The job in Redis was planned from other parameters or another listing."""


class JobNotRunning(QueueError):
    """The move is not allowed in the job's present state."""

    exit_code = ExitCode.USAGE


class UnexpectedFailure(HfdlError):
    """A bug of ours, met while a task ran; the log has the traceback."""

    retryable = True


# --- the collector ---------------------------------------------------------------------------


class CollectorError(HfdlError):
    """Bytes could not be handed over to the collector of their job."""

    scope = ErrorScope.WORKER
    exit_code = ExitCode.UNREACHABLE


class CollectorAway(CollectorError):
    """No collector of this job answers from this machine."""

    retryable = True


class CollectorMoved(CollectorError):
    """Another collector has taken the job over: read its address again."""

    retryable = True


class CollectorFull(CollectorError):
    """The collector's disk has no room; it takes blocks again when there is (507)."""

    retryable = True


class FileReopened(CollectorError):
    """The file was reopened since: what was fetched for its older generation is not wanted."""


class OtherSourceWanted(CollectorError):
    """These bytes proved wrong when this machine brought them: another one shall try."""

    retryable = True


class BlockRefused(CollectorError):
    """The collector does not take this block: it was changed on its way, or made no sense."""

    scope = ErrorScope.FILE
    retryable = True


# --- disks -----------------------------------------------------------------------------------


class StorageError(HfdlError):
    """The disk did not take or give what was asked."""

    scope = ErrorScope.WORKER


class DiskFull(StorageError):
    """No room (ENOSPC, EDQUOT or no inodes)."""


class UnsafePath(StorageError):
    """A listed path would leave the output directory or cannot exist on disk."""

    scope = ErrorScope.FILE


class OutputRefused(StorageError):
    """This machine's output directory cannot or may not be written."""

    exit_code = ExitCode.USAGE


class FileInUse(OutputRefused):
    """Another process, or another part of this one, writes the same incomplete file."""


# --- are these the right bytes? --------------------------------------------------------------


class VerificationError(HfdlError):
    """What arrived is not what the Hub lists."""

    retryable = True


class SizeMismatch(VerificationError):
    def __init__(self, path: str, expected_bytes: int, actual_bytes: int) -> None:
        super().__init__(f"{path}: {actual_bytes} bytes, the Hub lists {expected_bytes}")
        self.expected_bytes = expected_bytes
        self.actual_bytes = actual_bytes


class DigestMismatch(VerificationError):
    def __init__(self, path: str, expected: str, actual: str) -> None:
        super().__init__(f"{path}: digest is {actual}, the Hub lists {expected}")
        self.path = path
        self.expected = expected
        self.actual = actual
