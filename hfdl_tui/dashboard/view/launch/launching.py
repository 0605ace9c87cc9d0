"""What the launch dialog is given and what is typed in it, as the request that comes of it."""

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from hfdl_core.errors import UsageError
from hfdl_core.master import JobRequest
from hfdl_core.models import Delivery, RepoType
from hfdl_core.planning import FileFilter
from hfdl_tui.wording import figures

_LONGEST_TYPED: Final = 500  # characters; more than that was picked, and is changed there
_QUOTED: Final = frozenset(" \t\n'\"\\")  # what a glob cannot hold without quotes


@dataclass(frozen=True, slots=True)
class LaunchChoice:
    """What was picked of a repo; without includes the whole repo but for the excludes."""

    repo_id: str
    repo_type: RepoType
    revision: str
    include: tuple[str, ...]
    exclude: tuple[str, ...]
    files: int
    size: int  # bytes

    @property
    def name(self) -> str:
        """Of the directory that is taken when none is named."""
        return self.repo_id.rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class Form:
    """The dialog's fields as they stand; texts of globs are None where they cannot be edited."""

    delivery: Delivery = Delivery.GATHER
    destination: str = ""  # empty: the repo's own name, which must be new or hfdl's
    include: str | None = ""
    exclude: str | None = ""
    replace: bool = False


def request_of(choice: LaunchChoice, form: Form) -> JobRequest:
    """UsageError for globs that mean nothing."""
    include = choice.include if form.include is None else globs_of(form.include)
    exclude = choice.exclude if form.exclude is None else globs_of(form.exclude)
    FileFilter(include, exclude)
    return JobRequest(
        repo=choice.repo_id,
        repo_type=choice.repo_type,
        revision=choice.revision,
        include=include,
        exclude=exclude,
        delivery=form.delivery,
        destination=form.destination.strip() or None,
        replace=form.replace,
    )


def globs_of(text: str) -> tuple[str, ...]:
    """Globs with blanks between; one that holds a blank itself stands in quotes."""
    try:
        return tuple(shlex.split(text))
    except ValueError as error:
        raise UsageError(
            'a quote is open: a glob that holds a blank or a quote stands in "…"'
        ) from error


def text_of(globs: Sequence[str]) -> str | None:
    """As they are typed; None when nobody could edit them in one line of a terminal."""
    text = " ".join(shlex.quote(glob) if _QUOTED & set(glob) else glob for glob in globs)
    return text if len(text) <= _LONGEST_TYPED and text.isprintable() else None


def instead_of(globs: Sequence[str]) -> str:
    """What stands there then."""
    many = "1 glob" if len(globs) == 1 else f"{figures.count(len(globs))} globs"
    return f"{many}, as picked; the picks change them"
