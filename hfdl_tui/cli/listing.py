"""Prints what the Hub lists, while the listing arrives."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final, NamedTuple

from hfdl_core.bootstrap import make_catalog
from hfdl_core.hub import HubCatalog, RepoSnapshot, parse_repo
from hfdl_core.models import RepoType
from hfdl_core.settings import Settings
from hfdl_tui.cli.output import emit, emit_json_list, tell
from hfdl_tui.cli.table import Column, Fit, table_lines, terminal_width
from hfdl_tui.wording import figures

_PAGE: Final = 1000
_COLUMNS: Final = (Column("SIZE", Fit.RIGHT), Column("PATH", Fit.SHRINK))


class Place(NamedTuple):
    """What was asked for, as typed."""

    repo: str
    path: str | None
    repo_type: str | None
    revision: str | None


class _Entry(NamedTuple):
    path: str
    type: str  # file or directory
    size: int | None
    digest: str | None


def emit_listing(settings: Settings, place: Place, *, is_recursive: bool, as_json: bool) -> None:
    """One entry a line, directories with a slash at their end."""
    reference = parse_repo(place.repo)
    repo_type = RepoType(place.repo_type) if place.repo_type else reference.repo_type
    path = (place.path or reference.path or "").strip("/")
    with make_catalog(settings) as catalog:
        snapshot = catalog.resolve(
            reference.repo_id, repo_type, place.revision or reference.revision
        )
        tell(f"{snapshot.repo_id} ({snapshot.repo_type}) at commit {snapshot.commit[:12]}")
        entries = _entries(catalog, snapshot, path, is_recursive=is_recursive)
        if as_json:
            emit_json_list(entry._asdict() for entry in entries)
        else:
            _emit_table(entries)


def _entries(
    catalog: HubCatalog, snapshot: RepoSnapshot, path: str, *, is_recursive: bool
) -> Iterator[_Entry]:
    if is_recursive:
        for file in catalog.list_files(snapshot, path):
            yield _Entry(file.path, "file", file.size, file.digest)
        return
    for entry in catalog.list_directory(snapshot, path):
        if entry.file is None:
            yield _Entry(entry.path, "directory", None, None)
        else:
            yield _Entry(entry.path, "file", entry.size, entry.file.digest)


def _emit_table(entries: Iterable[_Entry]) -> None:
    rest = iter(entries)
    count = size = 0
    while page := list(islice(rest, _PAGE)):
        lines = table_lines(_COLUMNS, [_row(entry) for entry in page], terminal_width())
        for line in lines if count == 0 else lines[1:]:
            emit(line)
        count += len(page)
        size += sum(entry.size or 0 for entry in page)
    tell(f"{figures.count(count)} entries, {figures.size(size)} in files")


def _row(entry: _Entry) -> tuple[str, str]:
    if entry.size is None:
        return "", f"{entry.path}/"
    return figures.size(entry.size), entry.path
