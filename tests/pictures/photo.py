"""Saves a dashboard's screen as SVG, and that as PNG for those who show no SVG."""

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

from hfdl_tui.dashboard.app import HfdlApp
from tests.pictures.true_columns import with_true_columns

SCREENSHOTS: Final = Path(__file__).parents[2] / "screenshots"
_PROGRAM: Final = "rsvg-convert"
_PNG_WIDTH: Final = 1200  # pixels


def save_svg(app: HfdlApp, name: str) -> Path:
    """The screen as it is now."""
    SCREENSHOTS.mkdir(exist_ok=True)
    target = SCREENSHOTS / f"{name}.svg"
    target.write_text(with_true_columns(app.export_screenshot(title="hfdl")), encoding="utf-8")
    return target


def check_png() -> None:
    """Before anything is begun: SystemExit where no PNG can be made."""
    if shutil.which(_PROGRAM) is None:
        sys.exit(f"{_PROGRAM} is missing: install librsvg2-bin (Debian, Ubuntu) or librsvg")


def save_png(svg: Path) -> Path:
    target = svg.with_suffix(".png")
    subprocess.run([_PROGRAM, "-w", str(_PNG_WIDTH), "-o", target, svg], check=True)
    return target
