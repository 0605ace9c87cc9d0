"""What helps against each cause of failure, in a sentence."""

from collections.abc import Mapping
from typing import Final

_NETWORK: Final = "The network or the Hub failed several times; r tries again with fresh tries."
_DISK: Final = "Look at the disk and the rights of that machine, then r tries again."
_ACCESS: Final = "Give that worker a token (HF_TOKEN) with access to the repo, then r tries again."
_BYTES: Final = (
    "What arrived is not what the Hub lists: r fetches it again. When it fails again, on several "
    "machines, the repo itself is at fault."
)
_BUG: Final = "A fault of hfdl: the log of the worker has the whole story. r tries again."

_ADVICE: Final[Mapping[str, str]] = {
    "ConnectionLost": _NETWORK,
    "ServerBusy": "The Hub asks for patience: wait some minutes, then r tries again.",
    "ServerFault": _NETWORK,
    "TransferStalled": _NETWORK,
    "RangeRefused": "A proxy between worker and Hub may change the answers; r tries again.",
    "WayFiltered": (
        "A filter between that machine and the Hub's store refuses: another way out (--proxy) or "
        "another machine may bring it; r tries again."
    ),
    "FileRefused": (
        "The Hub lists this file, but the store behind it refuses it: the Hub may mend that with "
        "time, then r tries again."
    ),
    "FileMissing": "The Hub lists this file but does not serve it: look at its page on the Hub.",
    "FileUnreadable": "Neither way of downloading could serve it; r tries again.",
    "AccessDenied": _ACCESS,
    "BadToken": _ACCESS,
    "WorkerDenied": _ACCESS,
    "WorkerOffline": "That machine cannot reach the Hub: look at its proxy, DNS and certificates.",
    "HubUnavailable": _NETWORK,
    "CollectorFull": "The collector's disk is full: make room there, then r tries again.",
    "CollectorAway": "That machine does not reach the collector: look at firewalls and addresses.",
    "DiskFull": "The worker's disk is full: make room there, then r tries again.",
    "OutputRefused": _DISK,
    "FileInUse": "Another process writes the same file: let it end, then r tries again.",
    "UnsafePath": "The name of this file cannot exist on that disk; the others are not affected.",
    "SizeMismatch": _BYTES,
    "DigestMismatch": _BYTES,
    "UnexpectedFailure": _BUG,
    "crashes": (
        "Workers died or lost the network while they held it: look at their logs and their memory, "
        "then r tries again."
    ),
}
_ELSE: Final = "r tries again with fresh tries."


def what_helps(cause: str) -> str:
    """For causes that nobody has met yet, too."""
    return _ADVICE.get(cause, _ELSE)
