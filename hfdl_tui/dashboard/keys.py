"""Every key of the dashboard in one table: bindings, footer, help and palette are made from it."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from textual.binding import Binding
from textual.keys import format_key


class Group(StrEnum):
    GO = "Go"
    JOB = "Job"
    FILES = "Files"
    WORKERS = "Workers"
    TASKS = "Tasks"
    VIEW = "View"
    TABLE = "Tables"


EVERYWHERE: Final = ""


@dataclass(frozen=True, slots=True)
class Key:
    """One verb, on the pages that know it."""

    action: str
    keys: str  # as Textual names them, separated by commas
    label: str  # in the footer
    tip: str  # in help, palette and tooltip
    group: Group
    pages: tuple[str, ...] = (EVERYWHERE,)
    writes: bool = False  # greyed when read-only or not connected
    in_footer: bool = False
    shown: str | None = None  # how the key is written; default: as Textual does

    @property
    def id(self) -> str:
        """Its name in the config file: `go_files`, `requeue`."""
        return re.sub(r"[^a-z_]+", "_", self.action).strip("_")

    def binding(self) -> Binding:
        return Binding(
            self.keys,
            self.action,
            self.label,
            show=self.in_footer,
            key_display=self.shown,
            tooltip=self.tip,
            id=self.id,
        )


KEYS: Final = (
    Key("go('overview')", "1", "Overview", "The job at a glance", Group.GO),
    Key("go('files')", "2", "Files", "Browse a repo and launch a job", Group.GO),
    Key("go('workers')", "3", "Workers", "Every machine and what it does", Group.GO),
    Key("go('tasks')", "4", "Tasks", "Running, retrying, failed, waiting, done", Group.GO),
    Key("go('events')", "5", "Events", "The log", Group.GO),
    Key("open_repo", "o", "open", "Choose another repo and revision", Group.GO, in_footer=False),
    Key("choose_job", "b", "jobs", "Choose the job to look at", Group.GO),
    Key("back", "escape", "back", "Back, close, or clear the filter", Group.GO),
    Key(
        "pause_or_resume",
        "p",
        "pause job",
        "Pause the job, or let it go on",
        Group.JOB,
        writes=True,
        in_footer=True,
    ),
    Key(
        "requeue",
        "r",
        "requeue",
        "Failed: back to the queue. Waiting to retry: try now. On a cause: all of that cause",
        Group.JOB,
        pages=("overview", "tasks"),
        writes=True,
        in_footer=True,
    ),
    Key(
        "requeue_all",
        "R",
        "requeue all",
        "All failed tasks back to the queue (asks, naming how many)",
        Group.JOB,
        pages=("overview", "tasks"),
        writes=True,
        in_footer=True,
    ),
    Key(
        "cancel_job",
        "X",
        "cancel job",
        "End the job; what is on disk stays (asks for its id)",
        Group.JOB,
        pages=("overview", "tasks"),
        writes=True,
        in_footer=True,
    ),
    Key("verify", "V", "verify", "Hash again what is on this disk", Group.JOB, writes=True),
    Key(
        "join",
        "J",
        "join",
        "Let other machines help: opens queue and collector, shows the line to run there",
        Group.JOB,
        writes=True,
    ),
    Key(
        "new_job",
        "n",
        "new job",
        "Download what is picked, else what is found, else all (a dialog asks)",
        Group.FILES,
        pages=("files",),
        writes=True,
        in_footer=True,
    ),
    Key(
        "glob",
        "ctrl+g",
        "glob",
        "Pick by a pattern such as en/*.json.gz",
        Group.FILES,
        pages=("files",),
        in_footer=True,
    ),
    Key(
        "card",
        "i",
        "card",
        "Read the repo's README",
        Group.FILES,
        pages=("files",),
        in_footer=True,
    ),
    Key(
        "list_again",
        "r",
        "try again",
        "List the repo anew, such as after a refusal of the Hub",
        Group.FILES,
        pages=("files",),
    ),
    Key(
        "drain",
        "D",
        "drain",
        "No new work for this worker; once more: it takes work again",
        Group.WORKERS,
        pages=("workers",),
        writes=True,
        in_footer=True,
    ),
    Key(
        "limit",
        "L",
        "limit",
        "Rate limit of this worker, or of the whole fleet",
        Group.WORKERS,
        pages=("workers", "overview"),
        writes=True,
        in_footer=True,
    ),
    Key(
        "next_tab",
        "right_square_bracket",
        "next tab",
        "Next list of tasks",
        Group.TASKS,
        pages=("tasks",),
        shown="]",
    ),
    Key(
        "previous_tab",
        "left_square_bracket",
        "previous tab",
        "Previous list of tasks",
        Group.TASKS,
        pages=("tasks",),
        shown="[",
    ),
    Key(
        "next_page",
        "N",
        "next page",
        "Next page of a long list",
        Group.TASKS,
        pages=("tasks",),
    ),
    Key(
        "previous_page",
        "P",
        "previous page",
        "Previous page of a long list",
        Group.TASKS,
        pages=("tasks",),
    ),
    Key(
        "follow",
        "F",
        "follow",
        "Follow the log, or stand still",
        Group.VIEW,
        pages=("events",),
        in_footer=True,
    ),
    Key(
        "filter",
        "slash",
        "filter",
        "Filter as you type; !x not, re:x a regular expression",
        Group.VIEW,
        pages=("files", "workers", "tasks", "events"),
        in_footer=True,
        shown="/",
    ),
    Key("freeze", "z", "freeze", "Hold the picture still; data is still collected", Group.VIEW),
    Key("faster", "plus", "faster", "Look more often (0.5 s at most)", Group.VIEW, shown="+"),
    Key("slower", "minus", "slower", "Look less often (10 s at least)", Group.VIEW, shown="-"),
    Key("maximise", "m", "maximise", "This pane alone, or all again", Group.VIEW),
    Key("copy", "y", "copy", "Text alone on a screen, to be selected and copied", Group.VIEW),
    Key("look_now", "ctrl+r", "look now", "Look, or try to reach Redis, now", Group.VIEW),
    Key("save", "ctrl+s", "save", "Save this screen as text and SVG", Group.VIEW),
    Key("switch_theme", "T", "theme", "Next theme: dark, light, the terminal's own", Group.VIEW),
    Key("help", "question_mark,f1", "help", "All keys", Group.VIEW, in_footer=True, shown="?"),
    Key(
        "palette",
        "colon,ctrl+p",
        "palette",
        "Find any action by its name",
        Group.VIEW,
        in_footer=True,
        shown="^p",
    ),
    Key(
        "leave",
        "q,ctrl+c,ctrl+q",
        "leave",
        "Leave; jobs go on",
        Group.VIEW,
        in_footer=True,
        shown="q",
    ),
    Key("suspend_process", "ctrl+z", "suspend", "Back to the shell for a while (fg)", Group.VIEW),
)

BY_ID: Final = {key.id: key for key in KEYS}
BY_ACTION: Final = {key.action.partition("(")[0]: key for key in KEYS}


def spoken_keys(keys: str) -> str:
    """As a person writes them: `^p`, `/`, `f1`."""
    return " ".join(_spoken(key.strip()) for key in keys.split(","))


def _spoken(key: str) -> str:
    control = key.removeprefix("ctrl+")
    return f"^{control}" if control != key else format_key(key)


def bindings_of(page: str) -> list[Binding]:
    """Those of a page alone, or of every page with the empty name."""
    return [key.binding() for key in KEYS if page in key.pages]


def where_known(pressed: str, keymap: Mapping[str, str]) -> str | None:
    """Which pages know a key that another page does not; None for one that no page knows."""
    for key in KEYS:
        if pressed in _keys_of(key, keymap) and EVERYWHERE not in key.pages:
            pages = " and ".join(_page_words(page, keymap) for page in key.pages)
            return f"{key.label}: only on {pages}"
    return None


def _page_words(page: str, keymap: Mapping[str, str]) -> str:
    """Its number and name, as its tab has them."""
    key = next(key for key in KEYS if key.action == f"go('{page}')")
    return f"{_keys_of(key, keymap)[0]} {key.label}"


def _keys_of(key: Key, keymap: Mapping[str, str]) -> list[str]:
    return [each.strip() for each in keymap.get(key.id, key.keys).split(",")]


def keys_on(page: str) -> Iterable[Key]:
    """All that do something on this page."""
    return (key for key in KEYS if page in key.pages or EVERYWHERE in key.pages)
