"""The sentences of the page of files: what is open, what the filter found, what went wrong."""

from textwrap import wrap
from typing import Final

from hfdl_core.errors import HfdlError
from hfdl_tui.dashboard.view.drawing.glyphs import Glyphs
from hfdl_tui.dashboard.view.drawing.spans import Spans, cut, fitted, joined
from hfdl_tui.dashboard.view.files.browser import Listing
from hfdl_tui.dashboard.view.files.hub_advice import what_to_do
from hfdl_tui.dashboard.view.files.repo_files import RepoFiles
from hfdl_tui.dashboard.view.files.search import Matches
from hfdl_tui.dashboard.view.filter_text import nothing_matches
from hfdl_tui.wording import figures
from hfdl_tui.wording.printable import printable

NOT_OPEN: Final = "no repo is open: o chooses one"
_COMMIT_LETTERS: Final = 7
_HANGING: Final = "   "  # below the sign
_MOST_REFUSED: Final = 3  # lines


def repo_line(repo: RepoFiles, wait: float, glyphs: Glyphs, width: int) -> Spans:
    """Which repo, and how far its listing is; `wait` are seconds that the Hub asks for."""
    listing = repo.listing
    snapshot, index = listing.snapshot, listing.index
    name: Spans = [
        (f" {snapshot.repo_id}", "bold"),
        (f" @ {snapshot.commit[:_COMMIT_LETTERS]}", "dim"),
    ]
    figures_of_it = f"{figures.files(len(index))}, {figures.size(index.size)}"
    if listing.is_complete:
        told: Spans = [(figures_of_it, "")]
    else:
        told = [(f"listing: {figures_of_it} {glyphs.ellipsis}", "accent")]
    if wait:
        told.append((f" next try in {figures.duration(wait)}", "warn"))
    kind: Spans = [(snapshot.repo_type, "dim")]
    return fitted([[*name, ("   ", ""), *told], kind], width)


def found_line(
    repo: RepoFiles, wrong: str, glyphs: Glyphs, width: int, *, is_typing: bool = False
) -> Spans:
    """What the filter found and how to pick it; before it has found anything, that it looks."""
    if wrong:
        return cut([(f" {glyphs.warn} {wrong}", "warn")], width)
    matches = repo.matches
    if matches is None:
        return [(f" searching {glyphs.ellipsis}", "dim")]
    first: Spans = [
        (" ", ""),
        (f"{figures.count(matches.count)} of {figures.files(len(matches.index))} match", "bold"),
        (f" {glyphs.separator} {figures.size(matches.size)}", ""),
    ]
    kind: Spans = [(f"{matches.filter.kind}", "dim")]
    picks = "enter, then a picks them" if is_typing else "a picks them"
    helps: Spans = [(picks if matches.count else "", "accent")]
    parts = [first, [(_shown(matches), "")], helps, kind, [(_how(repo, matches), "dim")]]
    return fitted(parts, width)


def refused_lines(listing: Listing, glyphs: Glyphs, width: int) -> list[Spans]:
    """Why files that anybody may list cannot be downloaded; none when they can."""
    if listing.refused is None:
        return []
    known = what_to_do(listing.refused)
    words = printable(f"{known.title}: {listing.refused}. {known.advice}")
    first, *others = wrap(words, max(1, width - len(_HANGING)), max_lines=_MOST_REFUSED)
    return [
        cut([(f" {glyphs.warn} {first}", "warn")], width),
        *(cut([(f"{_HANGING}{line}", "warn")], width) for line in others),
    ]


def ended_line(error: HfdlError, glyphs: Glyphs, width: int) -> Spans:
    """Why the listing ended before it was complete."""
    return cut([(f" {glyphs.warn} {error}; r lists it anew", "warn")], width)


def problem_words(error: HfdlError) -> str:
    """In place of the files."""
    known = what_to_do(error)
    return f"{known.title}\n\n{error}\n\n{known.advice}"


def opening_words(name: str, seconds: float, wait: float, glyphs: Glyphs) -> str:
    """In place of the files until the first of them are listed."""
    words = f"reading {name} {glyphs.ellipsis}"
    if seconds >= 1:
        words += f" {figures.duration(seconds)}"
    if wait:
        again = f"next try in {figures.duration(wait)}."
        words += f"\n\nThe Hub does not answer or asks for patience: {again}"
    return words


def empty_words(repo: RepoFiles) -> str:
    """In place of the files where there are none to show."""
    if repo.matches is not None:
        return nothing_matches(repo.matches.filter.text)
    return "This repo holds no files at this revision.\n\no chooses another."


def why_no_job(repo: RepoFiles | None, wrong: str = "") -> str | None:
    """Why nothing can be launched of it now; None when it can. `wrong` is of the filter."""
    if repo is None:
        return NOT_OPEN
    listing = repo.listing
    if listing.refused is not None:
        return f"{what_to_do(listing.refused).title}: {listing.refused}"
    if not listing.is_complete:
        return f"still listing: {figures.files(len(listing.index))} so far; then n launches"
    if not len(listing.index):
        return "this repo holds no files"
    return why_nothing_found(repo, wrong)


def why_nothing_found(repo: RepoFiles, wrong: str) -> str | None:
    """Where nothing is picked a job takes what the filter finds: why there is nothing to take."""
    if repo.selection.count:
        return None
    if wrong:
        return f"the filter cannot be used: {wrong}"
    is_empty = repo.matches is not None and not repo.matches.count and not repo.is_searching
    return "the filter finds no file: / changes it, esc clears it" if is_empty else None


def file_lines(repo: RepoFiles, key: str) -> list[Spans]:
    """All that is known of one file."""
    number = repo.listing.index.paths.find(key)
    size = 0 if number is None else repo.listing.index.sizes[number]
    snapshot = repo.listing.snapshot
    return [
        [(key, "bold")],
        [],
        [(f"{figures.size(size)} ({figures.count(size)} bytes)", "")],
        joined([[(snapshot.repo_id, "")], [(f"@ {snapshot.commit}", "dim")]], " "),
    ]


def _shown(matches: Matches) -> str:
    if matches.count <= len(matches):
        return ""
    return f"first {figures.count(len(matches))} shown"


def _how(repo: RepoFiles, matches: Matches) -> str:
    if matches.index is not repo.listing.index or not repo.listing.is_complete:
        return "(of what is listed so far)"
    return f"(searched all, {1000 * matches.seconds:.0f} ms)"
