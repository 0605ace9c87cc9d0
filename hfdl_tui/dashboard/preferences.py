"""How this operator wants the dashboard: the `[dashboard]` table of the config file."""

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Final, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from hfdl_core.errors import SettingsError
from hfdl_core.machine import config_dir
from hfdl_core.settings import Settings
from hfdl_tui.dashboard.keymap import keymap_of
from hfdl_tui.dashboard.keys import BY_ID
from hfdl_tui.dashboard.themes import DARK, LIGHT

# The last two are the terminal's own colours.
THEME_NAMES: Final = (DARK.name, LIGHT.name, "ansi-dark", "ansi-light")


class Preferences(BaseModel):
    """Unknown names are refused: a misspelt one would be ignored in silence."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    theme: str = THEME_NAMES[0]
    ascii: bool | None = None  # None: as the terminal seems to need it
    interval: float = Field(default=1.0, ge=0.5, le=10.0)  # seconds between two looks
    bell: bool = True  # once when the job is done, once at its first failure
    title: bool = True  # of the terminal's window: how far the job is
    keys: Mapping[str, str] = Field(default_factory=dict)  # action id -> keys, comma between

    @classmethod
    def load(cls, settings: Settings) -> Self:
        """SettingsError is one line that names the file and what is wrong in it."""
        path = settings.config or config_dir() / "config.toml"
        if not path.is_file():
            return cls()
        # Settings.load has read the same file: it is TOML.
        table = tomllib.loads(path.read_text(encoding="utf-8")).get("dashboard", {})
        try:
            found = cls.model_validate(table)
        except ValidationError as error:
            complaint = error.errors(include_url=False, include_context=False)[0]
            name = ".".join(str(part) for part in complaint["loc"]) or "dashboard"
            raise SettingsError(f"[dashboard] {name} in {path}: {complaint['msg']}") from error
        found.check(path)
        try:
            return found.model_copy(update={"keys": keymap_of(found.keys)})
        except ValueError as error:
            raise SettingsError(f"[dashboard.keys] in {path}: {error}") from error

    def check(self, path: Path) -> None:
        """SettingsError for a theme or an action that does not exist."""
        if self.theme not in THEME_NAMES:
            raise SettingsError(
                f"[dashboard] theme = {self.theme} in {path}: known are {', '.join(THEME_NAMES)}"
            )
        for action in self.keys:
            if action not in BY_ID:
                raise SettingsError(
                    f"[dashboard.keys] {action} in {path}: known are {', '.join(sorted(BY_ID))}"
                )

    def wants_ascii(self, environ: Mapping[str, str] = os.environ) -> bool | None:
        """None: as the terminal seems to need it, or as HFDL_ASCII says."""
        return None if environ.get("HFDL_ASCII", "").strip() else self.ascii
