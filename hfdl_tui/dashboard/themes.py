"""The dashboard's colours: a dark and a light theme, told apart by people who see no red."""

from typing import Final

from textual.app import App, ReturnType
from textual.theme import Theme
from typing_extensions import override

# Blue against orange survives red-green blindness; every text is readable on its ground, on the
# cursor's row and reversed: tests/dashboard/test_themes.py measures it.
_DARK_VARIABLES: Final = {
    "state-running": "#6f9fe8",
    "state-idle": "#99a1ab",
    "state-done": "#3fb8a8",
    "state-warn": "#e8893a",
    "state-retry": "#d9bf4c",
    "state-failed": "#ff7a5c",
    "state-paused": "#aab1ba",
    "state-drain": "#b794f0",
    "rows-text": "#dfe4ea",
    "rows-dim": "#8e97a2",
    "rows-accent": "#7fc4f5",
    "rows-header": "#aeb6c0",
    "rows-header-ground": "#1a2027",
    "rows-cursor-ground": "#2f5f9e",
    "rows-cursor-text": "#ffffff",
    "rows-resting-ground": "#222a33",
    "rows-mark": "#f2c14e",
}

_LIGHT_VARIABLES: Final = {
    "state-running": "#1f56a8",
    "state-idle": "#59616b",
    "state-done": "#00655a",
    "state-warn": "#964300",
    "state-retry": "#6e5300",
    "state-failed": "#ad2b0c",
    "state-paused": "#4d555e",
    "state-drain": "#6b3fa6",
    "rows-text": "#1d2329",
    "rows-dim": "#59616b",
    "rows-accent": "#0a5c94",
    "rows-header": "#3f474f",
    "rows-header-ground": "#e6e9ed",
    "rows-cursor-ground": "#1f56a8",
    "rows-cursor-text": "#ffffff",
    "rows-resting-ground": "#e3e8ee",
    "rows-mark": "#8a4600",
}

DARK: Final = Theme(
    name="hfdl-dark",
    dark=True,
    primary="#4f83d1",
    secondary="#3fb8a8",
    accent="#7fc4f5",
    warning="#e8893a",
    error="#ff7a5c",
    success="#3fb8a8",
    foreground="#dfe4ea",
    background="#0f1317",
    surface="#161b21",
    panel="#1f262e",
    variables=_DARK_VARIABLES,
)

LIGHT: Final = Theme(
    name="hfdl-light",
    dark=False,
    primary="#1f56a8",
    secondary="#00655a",
    accent="#0a5c94",
    warning="#964300",
    error="#ad2b0c",
    success="#00655a",
    foreground="#1d2329",
    background="#f8f9fa",
    surface="#eef1f4",
    panel="#e3e8ee",
    variables=_LIGHT_VARIABLES,
)


def variables(is_dark: bool) -> dict[str, str]:
    """What a theme of somebody else's lacks: the names our stylesheets use, with their colours."""
    return dict(_DARK_VARIABLES if is_dark else _LIGHT_VARIABLES)


class ThemedApp(App[ReturnType]):
    """An app that knows our themes and starts in the dark one."""

    def __init__(self) -> None:
        super().__init__()
        self.register_theme(DARK)
        self.register_theme(LIGHT)
        self.theme = DARK.name

    @override
    def get_theme_variable_defaults(self) -> dict[str, str]:
        return variables(self.current_theme.dark)
