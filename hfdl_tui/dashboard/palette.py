"""The command palette: every action by its name, so that each can be found."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from rich.text import Text
from textual.binding import Binding
from textual.command import CommandPalette, DiscoveryHit, Hit, Hits, Provider
from textual.markup import escape
from typing_extensions import override

from hfdl_tui.dashboard.calm_screen import CalmScreen
from hfdl_tui.dashboard.keys import Key, keys_on, spoken_keys
from hfdl_tui.dashboard.page import Page
from hfdl_tui.dashboard.table import rows_keys
from hfdl_tui.dashboard.table.rows import Rows

_NOT_LISTED: Final = frozenset({"palette", "back"})  # it is open; escape closes it


@dataclass(frozen=True, slots=True)
class _Command:
    """Something that a key does, with what it is called."""

    action: str
    name: str
    words: str
    help: str
    is_of_table: bool = False


class KeyCommands(Provider):
    """What the keys of the page below and of its table do, and why some do nothing now."""

    @override
    async def discover(self) -> Hits:
        for command in self._commands():
            yield DiscoveryHit(
                Text(command.name), partial(self._run, command), command.name, escape(command.help)
            )

    @override
    async def search(self, query: str) -> Hits:
        matcher = self.matcher(query)
        for command in self._commands():
            score = max(matcher.match(command.name), matcher.match(command.words))
            if score > 0:
                yield Hit(
                    score,
                    matcher.highlight(escape(command.name)),
                    partial(self._run, command),
                    command.name,
                    escape(command.help),
                )

    @property
    def _page(self) -> Page | None:
        return self.screen if isinstance(self.screen, Page) else None

    def _commands(self) -> Iterator[_Command]:
        page = self._page
        if page is None:
            return
        for key in keys_on(page.NAME):
            if key.id not in _NOT_LISTED:
                yield _of_page(page, key)
        if isinstance(page.focused, Rows):
            for binding in rows_keys.BINDINGS:
                if isinstance(binding, Binding):
                    yield _of_table(binding)

    async def _run(self, command: _Command) -> None:
        page = self._page
        if page is None:
            return
        if not command.is_of_table:
            await page.press(command.action)
        elif page.focused is not None:
            await page.focused.run_action(command.action)


class Palette(CommandPalette, CalmScreen[None]):
    """Drawn without anything that a poor terminal lacks."""

    DEFAULT_CSS = """
    Palette > Vertical { margin-top: 2; background: $surface; }
    Palette SearchIcon { display: none; }
    Palette #--input { border: none; padding: 1 1 0 1; background: $surface; }
    Palette CommandList { border: none; background: $surface; scrollbar-size-vertical: 1; }
    Palette LoadingIndicator { border: none; }
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(placeholder="find an action by its name", **options)


def _of_page(page: Page, key: Key) -> _Command:
    reason = page.why_not(key.action.partition("(")[0])
    keys = spoken_keys(page.desk.keymap.get(key.id, key.keys))
    return _Command(
        key.action,
        f"{key.label}: {key.tip.partition(';')[0]}",
        key.tip,
        f"not now: {reason}" if reason else f"key {keys}",
    )


def _of_table(binding: Binding) -> _Command:
    return _Command(
        binding.action,
        f"table: {binding.tooltip}",
        binding.tooltip,
        f"key {spoken_keys(binding.key)}",
        is_of_table=True,
    )
