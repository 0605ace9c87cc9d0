"""From the options to the opened core: settings, logging, the queue."""

import gc
import logging
from collections.abc import Iterator
from contextlib import contextmanager

from hfdl_core.bootstrap import OpenQueue, open_queue
from hfdl_core.embedded import ServerHome
from hfdl_core.logs import set_up_logging
from hfdl_core.settings import Settings
from hfdl_tui.cli.asked import Asked
from hfdl_tui.cli.hide_password import hide_passwords
from hfdl_tui.cli.log_stream import LogStream
from hfdl_tui.cli.output import tell

logger = logging.getLogger(__name__)


def load_settings(asked: Asked, **options: object) -> Settings:
    """The settings of this run, with logging set up as they say; what it needs is loaded now."""
    gc.enable()
    given = {**asked.options, **options}
    hide_passwords(given)
    settings = Settings.load(given)
    set_up_logging(
        settings.log_level, settings.log_format, settings.secrets(), LogStream().as_stream()
    )
    return settings


def quiet_unless_asked(settings: Settings) -> None:
    """Only warnings, where what happens is shown in other ways, unless a level was chosen."""
    if "log_level" not in settings.model_fields_set:
        logging.getLogger("hfdl_core").setLevel(logging.WARNING)


@contextmanager
def opened(settings: Settings) -> Iterator[OpenQueue]:
    """The queue, started when there is none, after the line that says which it is."""
    with _opened(settings, may_start=True) as queue:
        yield queue


@contextmanager
def opened_to_look(settings: Settings) -> Iterator[OpenQueue]:
    """The queue, for verbs that read or steer what is there.

    Where hfdl's own server has been before, it is started to answer for the jobs it holds; where
    it has not, an empty one would answer nothing.
    """
    held = ServerHome.of_this_machine().data.is_dir()
    with _opened(settings, may_start=held) as queue:
        yield queue


@contextmanager
def _opened(settings: Settings, *, may_start: bool) -> Iterator[OpenQueue]:
    with open_queue(settings, may_start=may_start) as queue:
        tell(queue.line)
        for warning in (*queue.warnings, *settings.warnings):
            logger.warning("%s", warning)
        yield queue
