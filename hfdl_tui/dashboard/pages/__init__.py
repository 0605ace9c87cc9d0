"""The five pages, by the name under which the number keys go there."""

from collections.abc import Mapping
from typing import Final

from hfdl_tui.dashboard.page import Page
from hfdl_tui.dashboard.pages.events import EventsPage
from hfdl_tui.dashboard.pages.files import FilesPage
from hfdl_tui.dashboard.pages.overview import OverviewPage
from hfdl_tui.dashboard.pages.tasks import TasksPage
from hfdl_tui.dashboard.pages.workers import WorkersPage

PAGES: Final[Mapping[str, type[Page]]] = {
    page.NAME: page for page in (OverviewPage, FilesPage, WorkersPage, TasksPage, EventsPage)
}
