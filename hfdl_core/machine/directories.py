"""Where hfdl keeps its own things for this user, as the platform wants it (XDG_* on Linux)."""

from pathlib import Path
from typing import Final

import platformdirs

_PROGRAM: Final = "hfdl"


def config_dir() -> Path:
    return platformdirs.user_config_path(_PROGRAM)


def state_dir() -> Path:
    return platformdirs.user_state_path(_PROGRAM)


def data_dir() -> Path:
    return platformdirs.user_data_path(_PROGRAM)


def cache_dir() -> Path:
    return platformdirs.user_cache_path(_PROGRAM)


def log_dir() -> Path:
    return platformdirs.user_log_path(_PROGRAM)
