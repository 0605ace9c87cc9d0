"""Saves a dashboard's screen as SVG, and that as PNG for those who show no SVG."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Final

from hfdl_tui.dashboard.app import HfdlApp

SCREENSHOTS: Final = Path(__file__).parents[2] / "screenshots"
_PNG_WIDTH: Final = 1200  # pixels
_CELL_WIDTH: Final = 12.2  # of Rich's SVG, whatever the font
_LETTER_WIDTH: Final = 0.602  # of DejaVu Sans Mono, in ems
_FONT: Final = "DejaVu Sans Mono, Menlo, Consolas, monospace"


def save_svg(app: HfdlApp, name: str, title: str) -> Path:
    """The screen as it is now."""
    SCREENSHOTS.mkdir(exist_ok=True)
    target = SCREENSHOTS / f"{name}.svg"
    target.write_text(of_true_columns(app.export_screenshot(title=title)), encoding="utf-8")
    return target


def of_true_columns(svg: str) -> str:
    """Readers' own fonts will do: a picture fetches nothing, and its letters fill their cells."""
    svg = re.sub(r"@font-face\s*{[^}]*}\s*", "", svg)
    svg = svg.replace("Fira Code, monospace", _FONT)
    return svg.replace("font-size: 20px", f"font-size: {_CELL_WIDTH / _LETTER_WIDTH:.3f}px")


def save_png(svg: Path) -> Path | None:
    """None where nothing can draw it."""
    program = shutil.which("rsvg-convert")
    if program is None:
        return None
    target = svg.with_suffix(".png")
    subprocess.run([program, "-w", str(_PNG_WIDTH), "-o", target, svg], check=True)
    return target
