"""The keys as the config file wants them: by Textual's names, and none of them for two verbs."""

import string
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Final

from textual.binding import Binding
from textual.keys import KEY_NAME_REPLACEMENTS, Keys

from hfdl_tui.dashboard.keys import EVERYWHERE, KEYS, Key
from hfdl_tui.dashboard.table import rows_keys

_MODIFIERS: Final = frozenset({"ctrl", "shift", "alt", "super", "meta", "hyper"})


def keymap_of(wanted: Mapping[str, str]) -> dict[str, str]:
    """Action id -> keys, as Textual takes them; ValueError, one line, for what would do nothing.

    A key may be written as itself (`?`) or by its name (`question_mark`).
    """
    keymap = {action: ",".join(map(_named, keys.split(","))) for action, keys in wanted.items()}
    for action in keymap:
        taken = _other_with_the_same(action, keymap)
        if taken is not None:
            raise ValueError(f"{action}: {taken}")
    return keymap


def _named(text: str) -> str:
    key = text.strip()
    *modifiers, bare = key.split("+") if len(key) > 1 else [key]
    name = _name_of(bare) if len(bare) == 1 else bare
    is_key = len(name) == 1 or name in _NAMES
    if not is_key or not _MODIFIERS.issuperset(modifiers):
        raise ValueError(f"{key!r} is no key; f7, ctrl+t or ? would be")
    return "+".join([*modifiers, name])


def _name_of(char: str) -> str:
    """What Textual calls it."""
    if char.isalnum():
        return char
    name = unicodedata.name(char, "").lower().replace(" ", "_").replace("-", "_")
    return KEY_NAME_REPLACEMENTS.get(name, name)


# Those in brackets are no keys that can be pressed.
_NAMES: Final = frozenset(
    [value.rpartition("+")[2] for key in Keys if not (value := key.value).startswith("<")]
    + [_name_of(char) for char in string.punctuation]
)


def _other_with_the_same(action: str, keymap: Mapping[str, str]) -> str | None:
    """What else one of its keys does on a page of its, as words."""
    mine = set(keymap[action].split(","))
    pages = {page for key in KEYS if key.id == action for page in key.pages}
    for key in KEYS:
        is_met = EVERYWHERE in pages or EVERYWHERE in key.pages or pages & set(key.pages)
        if key.id != action and is_met and (both := mine & _keys(key, keymap)):
            return f"{_spoken(both)} is for {key.id}"
    both = mine & _table_keys()
    return f"{_spoken(both)} moves in tables" if both else None


def _keys(key: Key, keymap: Mapping[str, str]) -> set[str]:
    return {each.strip() for each in keymap.get(key.id, key.keys).split(",")}


def _table_keys() -> set[str]:
    bound = (each for each in rows_keys.BINDINGS if isinstance(each, Binding))
    return {
        _name_of(key) if len(key) == 1 else key for each in bound for key in each.key.split(",")
    }


def _spoken(keys: Iterable[str]) -> str:
    return ", ".join(sorted(keys))
