"""The looks that a table's cells and rows can have, by the colours of the theme."""

from typing import Final

from hfdl_tui.dashboard.view.drawing.table import STYLES

COMPONENT_CLASSES: Final = {
    f"rows--{name}" for name in (*STYLES, "text", "header", "cursor", "resting", "mark")
}

CSS: Final = """
RowsView {
    height: 1fr;
    scrollbar-size-vertical: 1;
    scrollbar-size-horizontal: 1;
    & > .rows--text { color: $rows-text; }
    & > .rows--bold { color: $rows-text; text-style: bold; }
    & > .rows--dim { color: $rows-dim; }
    & > .rows--accent { color: $rows-accent; }
    & > .rows--running { color: $state-running; }
    & > .rows--idle { color: $state-idle; }
    & > .rows--done { color: $state-done; }
    & > .rows--warn { color: $state-warn; }
    & > .rows--retry { color: $state-retry; }
    & > .rows--failed { color: $state-failed; text-style: bold reverse; }
    & > .rows--paused { color: $state-paused; text-style: bold; }
    & > .rows--drain { color: $state-drain; }
    & > .rows--mark { color: $rows-mark; text-style: bold; }
    & > .rows--header {
        color: $rows-header; background: $rows-header-ground; text-style: bold;
    }
    & > .rows--cursor {
        color: $rows-cursor-text; background: $rows-cursor-ground; text-style: bold;
    }
    & > .rows--resting { background: $rows-resting-ground; }
}
"""
