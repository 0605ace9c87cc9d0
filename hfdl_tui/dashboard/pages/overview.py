"""The page that is looked at all day: the files in progress, the speed, the jobs, what is wrong."""

from typing import ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container
from textual.events import ScreenSuspend
from typing_extensions import override

from hfdl_core.models import JobId, TaskStatus
from hfdl_core.monitor import Focus
from hfdl_tui.dashboard.desk import Desk
from hfdl_tui.dashboard.dialogs.detail import Detail
from hfdl_tui.dashboard.dialogs.limit import ask_limit
from hfdl_tui.dashboard.keys import bindings_of
from hfdl_tui.dashboard.lines import Lines
from hfdl_tui.dashboard.machine_facts import MachineFacts
from hfdl_tui.dashboard.page import Page
from hfdl_tui.dashboard.pages.tasks import TasksPage
from hfdl_tui.dashboard.pane import Pane
from hfdl_tui.dashboard.rows import Rows
from hfdl_tui.dashboard.strips import Strips
from hfdl_tui.dashboard.view.attention import needs_of
from hfdl_tui.dashboard.view.attention_rows import (
    ALL_IS_WELL,
    NEED_COLUMNS,
    need_rows,
    need_whole,
    why_no_help,
)
from hfdl_tui.dashboard.view.attention_tasks import FIRST_RETRYING
from hfdl_tui.dashboard.view.file_map import Brush, legend
from hfdl_tui.dashboard.view.job_rows import JOB_COLUMNS, NO_JOBS, forgotten_key, job_rows
from hfdl_tui.dashboard.view.map_memory import MapMemory
from hfdl_tui.dashboard.view.map_pane import pane_lines, shows_files, title_of
from hfdl_tui.dashboard.view.needs import Need, Place
from hfdl_tui.dashboard.view.overview_room import Room, most_strips, room_of
from hfdl_tui.dashboard.view.spans import Spans, plain
from hfdl_tui.dashboard.view.throughput import (
    throughput_figures,
    throughput_lines,
    throughput_title,
)

_MOST_FILES: Final = 8
