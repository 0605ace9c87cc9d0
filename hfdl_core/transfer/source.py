"""Names one file of one repo at one commit, and the address at which the Hub serves it."""

from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from hfdl_core.models import RepoFile, RepoType

# Models have no prefix in the Hub's file addresses.
_URL_PREFIX: Final = {RepoType.MODEL: "", RepoType.DATASET: "datasets/", RepoType.SPACE: "spaces/"}


@dataclass(frozen=True, slots=True)
class FileSource:
    """What to fetch, and from which Hub."""

    endpoint: str
    repo_type: RepoType
    repo_id: str
    commit: str
    file: RepoFile

    @property
    def url(self) -> str:
        repo = f"{_URL_PREFIX[self.repo_type]}{quote(self.repo_id)}"
        commit = quote(self.commit, safe="")
        return f"{self.endpoint.rstrip('/')}/{repo}/resolve/{commit}/{quote(self.file.path)}"
