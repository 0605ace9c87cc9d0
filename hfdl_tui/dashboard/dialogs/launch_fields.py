"""The fields of the launch dialog."""

from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Input
from typing_extensions import override

from hfdl_core.models import Delivery
from hfdl_tui.dashboard.dialogs.pick import OneOf, Tick
from hfdl_tui.dashboard.lines import Lines
from hfdl_tui.dashboard.view.launch.launch_words import MEANINGS
from hfdl_tui.dashboard.view.launch.launching import Form, LaunchChoice, instead_of, text_of
from hfdl_tui.wording.printable import printable

_GLOBS: Final = "globs such as *.json data/*"
_REPLACE: Final = "replace an unfinished job that goes there"


class Moves(Vertical):
    """Arrows lead from field to field, as tab does."""

    DEFAULT_CSS = "Moves { height: auto; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "app.focus_previous", "the field before", show=False),
        Binding("down", "app.focus_next", "next field", show=False),
    ]


class LaunchFields(Vertical):
    """Tells of changes by the messages of its parts; `form` is what stands in them."""

    DEFAULT_CSS = """
    LaunchFields { height: auto; }
    LaunchFields Horizontal { height: 1; }
    LaunchFields .name { width: 13; }
    LaunchFields Input { width: 1fr; background: $panel; }
    LaunchFields Input:focus { text-style: bold; }
    LaunchFields #delivery { margin-bottom: 1; }
    Dialog.-short LaunchFields #delivery { margin-bottom: 0; }
    """

    def __init__(self, choice: LaunchChoice, *, ascii_only: bool) -> None:
        super().__init__()
        self._ascii_only = ascii_only
        self._delivery = OneOf(
            [(delivery, meaning) for delivery, meaning in MEANINGS.items()],
            ascii_only=ascii_only,
            id="delivery",
        )
        self._destination = Input(
            placeholder=printable(f"./{choice.name}"), id="destination", compact=True
        )
        self._include = self._globs("include", choice.include, "all")
        self._exclude = self._globs("exclude", choice.exclude, "none")
        self._replace = Tick(_REPLACE, ascii_only=ascii_only, id="replace")

    @override
    def compose(self) -> ComposeResult:
        yield self._delivery
        yield from self._row("Destination", self._destination)
        yield from self._row("Include", self._include)
        yield from self._row("Exclude", self._exclude)
        yield self._replace

    @property
    def form(self) -> Form:
        return Form(
            delivery=Delivery(self._delivery.value),
            destination=self._destination.value,
            include=_typed(self._include),
            exclude=_typed(self._exclude),
            replace=self._replace.value,
        )

    def _globs(self, name: str, globs: tuple[str, ...], none: str) -> Input | Lines:
        text = text_of(globs)
        if text is not None:
            return Input(text, placeholder=f"{none}; or {_GLOBS}", id=name, compact=True)
        lines = Lines(ascii_only=self._ascii_only, id=name)
        lines.show([[(instead_of(globs), "dim")]])
        return lines

    def _row(self, name: str, field: Input | Lines) -> ComposeResult:
        with Horizontal():
            label = Lines(ascii_only=self._ascii_only, classes="name")
            label.show([[(name, "dim")]])
            yield label
            yield field


def _typed(field: Input | Lines) -> str | None:
    return field.value if isinstance(field, Input) else None
