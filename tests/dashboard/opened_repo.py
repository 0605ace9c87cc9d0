"""A repo as it is when it has been opened on the page of files."""

from textual.pilot import Pilot

from hfdl_core.models import RepoFile
from hfdl_tui.dashboard.repo.file_rows import FileRows
from tests.dashboard.fakes import MB
from tests.dashboard.screen import until, until_shown


def some_files() -> list[RepoFile]:
    parts = [("en", 32), ("en.noclean", 7), ("multilingual/af", 4), ("multilingual/am", 4)]
    files = [
        RepoFile(f"{folder}/c4-train.{number:05}-of-01024.json.gz", (18 + number) * MB, "")
        for folder, count in parts
        for number in range(count)
    ]
    return [*files, RepoFile("README.md", 19_400, ""), RepoFile("dataset_infos.json", 12_000, "")]


async def open_repo(pilot: Pilot[int], name: str = "acme/c4") -> FileRows:
    """From the first screen of a queue without jobs; comes back when its files are shown."""
    await until_shown(pilot, "Which repo?")
    await pilot.press(*name, "enter")
    await until_shown(pilot, "files,")
    table = pilot.app.screen.query_one("#files", FileRows)
    await until(pilot, lambda: table.cursor_key is not None and table.has_focus)
    return table
