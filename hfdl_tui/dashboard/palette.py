"""The command palette: every action by its name, so that each can be found."""

from functools import partial

from textual.command import DiscoveryHit, Hit, Hits, Provider
from typing_extensions import override

from hfdl_tui.dashboard.keys import Key, keys_on, spoken_keys
from hfdl_tui.dashboard.page import Page


class KeyCommands(Provider):
    """Those that do something on the page below, and why the others do not."""

    @override
    async def discover(self) -> Hits:
        for key in self._keys():
            yield DiscoveryHit(self._name(key), partial(self._run, key), help=self._help(key))

    @override
    async def search(self, query: str) -> Hits:
        matcher = self.matcher(query)
        for key in self._keys():
            name = self._name(key)
            score = max(matcher.match(name), matcher.match(key.tip))
            if score > 0:
                shown = matcher.highlight(name)
                yield Hit(score, shown, partial(self._run, key), help=self._help(key))

    @property
    def _page(self) -> Page | None:
        return self.screen if isinstance(self.screen, Page) else None

    def _keys(self) -> list[Key]:
        page = self._page
        return [] if page is None else [key for key in keys_on(page.NAME) if key.id != "palette"]

    def _name(self, key: Key) -> str:
        return f"{key.label}: {key.tip.partition(';')[0]}"

    def _help(self, key: Key) -> str:
        page = self._page
        if page is None:
            return key.tip
        reason = page.why_not(key.action.partition("(")[0])
        return (
            f"not now: {reason}"
            if reason
            else f"key {spoken_keys(page.desk.keymap.get(key.id, key.keys))}"
        )

    async def _run(self, key: Key) -> None:
        page = self._page
        if page is not None:
            await page.press(key.action)
