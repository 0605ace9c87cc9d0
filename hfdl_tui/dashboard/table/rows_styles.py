"""The looks that a table's cells and rows can have, by the colours of the theme."""

from typing import Final

# By the names of the view's cells, and of the table's own parts.
STYLES: Final = {
    "text": "$rows-text",
    "bold": "bold $rows-text",
    "dim": "$rows-dim",
    "accent": "$rows-accent",
    "running": "$state-running",
    "idle": "$state-idle",
    "done": "$state-done",
    "warn": "$state-warn",
    "retry": "$state-retry",
    "failed": "bold reverse $state-failed",
    "paused": "bold $state-paused",
    "drain": "$state-drain",
    "mark": "bold $rows-mark",
    "header": "bold $rows-header on $rows-header-ground",
    "cursor": "bold $rows-cursor-text on $rows-cursor-ground",
    "resting": "on $rows-resting-ground",
}
