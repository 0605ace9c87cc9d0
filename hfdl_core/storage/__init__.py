"""Files on this machine: written safely, resumed after a crash, verified, recorded for `hf`."""

from hfdl_core.storage.disk_need import DiskNeed, room_of
from hfdl_core.storage.gathered_file import GatheredFile
from hfdl_core.storage.incomplete_file import IncompleteFile
from hfdl_core.storage.journal_records import RecordedBlock
from hfdl_core.storage.output_directory import OutputDirectory
from hfdl_core.storage.verification import (
    VerifyProgress,
    VerifyReport,
    WrongFile,
    verify_directory,
    verify_files,
)

__all__ = [
    "DiskNeed",
    "GatheredFile",
    "IncompleteFile",
    "OutputDirectory",
    "RecordedBlock",
    "VerifyProgress",
    "VerifyReport",
    "WrongFile",
    "room_of",
    "verify_directory",
    "verify_files",
]
