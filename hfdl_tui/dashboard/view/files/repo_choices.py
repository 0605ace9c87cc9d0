"""What the list below the question `Which repo?` offers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from hfdl_core.hub import RepoSnapshot, SearchHit
from hfdl_core.machine import JobMade
from hfdl_core.models import JobStatus, RepoType
from hfdl_tui.dashboard.view.drawing.spans import Spans
from hfdl_tui.dashboard.view.drawing.table import Column, Row
from hfdl_tui.dashboard.view.files.recents import RecentRepo
from hfdl_tui.wording import figures

CHOICE_COLUMNS: Final = (
    Column("kind", "", 8, sortable=False),
    Column("repo", "REPO", 24, stretch=True, shorten="middle", sortable=False),
    Column("about", "", 44, drop=1, sortable=False),
)
_DAY_LETTERS: Final = len("2026-01-31")
_MOST_SLASHES: Final = 2  # of a name with its type; more of them are a link


@dataclass(frozen=True, slots=True)
class RepoChoice:
    """Something to open, or a job made here that the queue has forgotten."""

    kind: str
    name: str  # as it is shown
    repo: str  # as it is opened
    revision: str  # empty: the default
    about: str
    job: JobMade | None = None

    @property
    def key(self) -> str:
        what = self.repo if self.job is None else self.job.job_id
        return f"{self.kind} {what} {self.revision}"

    def row(self) -> Row:
        style = "" if self.job is None else "dim"
        return Row(self.key, (self.kind, self.name, (self.about, "dim")), style)


def choices(
    typed: str,
    hits: Sequence[SearchHit],
    jobs: Sequence[JobStatus],
    recents: Sequence[RecentRepo],
    lost: Sequence[JobMade],
) -> list[RepoChoice]:
    """While something is typed what the Hub found for it, and of the rest what holds it.

    `jobs` are those of this queue, newest first.
    """
    wanted = split_revision(typed)[0].lower()
    found = [_hit(hit) for hit in hits] if wanted else []
    opened = {known.repo for known in recents}
    of_jobs: dict[str, RepoChoice] = {}  # by their repos, of each the newest
    for choice in map(_of_job, jobs):
        if choice.repo not in opened:
            of_jobs.setdefault(choice.repo, choice)
    known = [*of_jobs.values(), *map(_recent, recents), *map(_lost, lost)]
    return found + [choice for choice in known if wanted in choice.repo.lower()]


def split_revision(typed: str) -> tuple[str, str | None]:
    """`owner/name@v1.0` names its revision; links and addresses say it in their own way."""
    text = typed.strip()
    if ":" in text or "@" not in text:
        return text, None
    repo, _, revision = text.partition("@")
    if repo.count("/") > _MOST_SLASHES:
        return text, None
    return repo.strip(), revision.strip() or None


def is_bare(text: str) -> bool:
    """Without the owner: `c4` may be anybody's."""
    return bool(text) and "/" not in text


def only_meant(text: str, hits: Sequence[SearchHit]) -> str | None:
    """What to open for a bare name that the Hub finds once."""
    if not is_bare(text) or len(hits) != 1:
        return None
    return _name(hits[0].repo_id, hits[0].repo_type)


def recent_of(snapshot: RepoSnapshot, revision: str | None, opened_at: str) -> RecentRepo:
    """What to remember of a repo that was opened at this revision."""
    return RecentRepo(_name(snapshot.repo_id, snapshot.repo_type), revision or "", opened_at)


def _hit(hit: SearchHit) -> RepoChoice:
    about = f"{figures.count(hit.downloads)} downloads, {figures.count(hit.likes)} likes"
    if hit.updated_at is not None:
        about += f", {hit.updated_at:%Y-%m-%d}"
    about += ", asks for access" if hit.gated else ""
    about += ", private" if hit.private else ""
    repo = _name(hit.repo_id, hit.repo_type)
    return RepoChoice(hit.repo_type, hit.repo_id, repo, "", about)


def _recent(known: RecentRepo) -> RepoChoice:
    name = f"{known.repo}@{known.revision}" if known.revision else known.repo
    about = f"opened {known.opened_at[:_DAY_LETTERS]}"
    return RepoChoice("recent", name, known.repo, known.revision, about)


def _of_job(job: JobStatus) -> RepoChoice:
    repo = _name(job.repo_id, job.repo_type)
    return RepoChoice(
        "job", job.repo_id, repo, "", f"{job.status} here, {figures.files(job.files_total)}"
    )


def _lost(job: JobMade) -> RepoChoice:
    return RepoChoice("lost job", job.repo, job.repo, "", f"run again: {job.command}", job)


def _name(repo_id: str, repo_type: RepoType) -> str:
    """With its type, also that of a model: without one the Hub's datasets come first."""
    return f"{repo_type}s/{repo_id}"


def lost_job_lines(job: JobMade) -> list[Spans]:
    """How to make such a job again."""
    return [
        [(f"Redis does not know the job {job.job_id} any more.", "")],
        [("The same command makes it again; what is on disk is not fetched twice:", "")],
        [],
        [(job.command, "bold")],
    ]
