"""Planning: from a repo's listing to the pages and tasks of a job, always the same ones."""

from hfdl_core.planning.file_filter import LONGEST_GLOB, FileFilter
from hfdl_core.planning.ids import destination_key, job_id, plan_id
from hfdl_core.planning.manifest_sorter import ManifestSorter
from hfdl_core.planning.planner import PAGE_SIZE, PlannedPage, plan_pages

__all__ = [
    "LONGEST_GLOB",
    "PAGE_SIZE",
    "FileFilter",
    "ManifestSorter",
    "PlannedPage",
    "destination_key",
    "job_id",
    "plan_id",
    "plan_pages",
]
