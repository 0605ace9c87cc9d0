"""Whole screens as text files: what a person sees, kept where a review sees it change.

`HFDL_GOLDEN=new uv run pytest tests/dashboard` writes them anew.
"""

import os
import re
from pathlib import Path

_DIRECTORY = Path(__file__).parent / "golden_texts"
# What is another with every run, by something as wide.
_MASKS = (
    (re.compile(r"\b\d\d:\d\d:\d\d\b"), "hh:mm:ss"),
    (re.compile(r"\b\d\.\d s old"), "0.0 s old"),
)


def check_golden(name: str, screen: str) -> None:
    """The screen is that of `golden_texts/NAME.txt`."""
    for pattern, instead in _MASKS:
        screen = pattern.sub(instead, screen)
    path = _DIRECTORY / f"{name}.txt"
    if os.environ.get("HFDL_GOLDEN") == "new":
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"{screen.rstrip()}\n", encoding="utf-8")
    assert path.is_file(), f"no golden text {path.name}: HFDL_GOLDEN=new writes it"
    assert screen.rstrip() == path.read_text(encoding="utf-8").rstrip()
