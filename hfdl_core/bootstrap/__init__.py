"""Settings in, ready parts out: the only room that knows all others."""

from hfdl_core.bootstrap.collecting import FIRST_PORT, make_collector
from hfdl_core.bootstrap.makers import (
    make_catalog,
    make_doctor,
    make_master,
    make_monitor,
    make_watch,
)
from hfdl_core.bootstrap.opening import OpenQueue, open_queue
from hfdl_core.bootstrap.workers import make_worker

__all__ = [
    "FIRST_PORT",
    "OpenQueue",
    "make_catalog",
    "make_collector",
    "make_doctor",
    "make_master",
    "make_monitor",
    "make_watch",
    "make_worker",
    "open_queue",
]
