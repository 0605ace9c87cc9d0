"""What this machine is to hfdl: its identity, its addresses, its directories, its own jobs."""

from hfdl_core.machine.addresses import address_towards, is_loopback, own_addresses
from hfdl_core.machine.directories import cache_dir, config_dir, data_dir, log_dir, state_dir
from hfdl_core.machine.identity import host_name, machine_id, new_boot_id
from hfdl_core.machine.jobs_made import JobMade, JobsMade, command_without_secrets
from hfdl_core.machine.processes import process_runs
from hfdl_core.machine.record_file import RecordFile
from hfdl_core.machine.worker_marks import WorkerMarks

__all__ = [
    "JobMade",
    "JobsMade",
    "RecordFile",
    "WorkerMarks",
    "address_towards",
    "cache_dir",
    "command_without_secrets",
    "config_dir",
    "data_dir",
    "host_name",
    "is_loopback",
    "log_dir",
    "machine_id",
    "new_boot_id",
    "own_addresses",
    "process_runs",
    "state_dir",
]
