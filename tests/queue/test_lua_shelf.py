"""Rules of the Lua shelf: honest headers, declared keys, allowed moves, no dead text."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pytest

from hfdl_core.models import TaskStatus
from hfdl_core.queue import keys
from hfdl_core.queue.scripts import load_script

SHELF = Path(keys.__file__).parent / "lua"
MOVES = sorted(SHELF.glob("*.lua"))
SHARED = sorted((SHELF / "shared").glob("*.lua"))
LONGEST_MOVE_LINES: Final = 80
FIRST_LINE = re.compile(
    r"-- (?:(?P<before>[A-Z_]+) -> (?P<after>[A-Z_ |]+)|READ|JOB|FLEET): \w.*[.]"
)
HEADER = re.compile(
    r"-- [A-Z_ |>-]+: .+\n-- KEYS    (.+)\n-- ARGV    (.+)\n-- RETURNS (.+)\n-- INCLUDE (.+)\n"
)
ALLOWED: Mapping[TaskStatus, frozenset[TaskStatus]] = {
    TaskStatus.PENDING: frozenset({TaskStatus.IN_PROGRESS}),
    TaskStatus.IN_PROGRESS: frozenset(TaskStatus),
    TaskStatus.RETRYING: frozenset({TaskStatus.PENDING}),
    TaskStatus.FAILED: frozenset({TaskStatus.PENDING}),
    TaskStatus.COMPLETED: frozenset({TaskStatus.PENDING}),
}
LUA_WORDS = {
    "and", "or", "not", "if", "elseif", "while", "until", "return", "in", "function",
    "unpack", "ipairs", "tonumber", "error",
}  # fmt: skip


def _name(path: Path) -> str:
    return path.stem


def _header(path: Path) -> re.Match[str]:
    found = HEADER.match(path.read_text())
    assert found, "a move begins with its sentence, KEYS, ARGV, RETURNS and INCLUDE"
    return found


def _code(path: Path) -> str:
    return _without_comments(path.read_text())


def _without_comments(text: str) -> str:
    return re.sub(r"--.*", "", text)


def _included(path: Path) -> list[str]:
    return [part for part in _header(path)[4].split() if part != "none"]


def _declared(line: str) -> dict[int, str]:
    return {int(number): name for number, name in re.findall(r"\b(\d+)(?:\.\.\.)? (\S+)", line)}


@pytest.mark.parametrize("move", MOVES, ids=_name)
def test_first_line_names_an_allowed_move(move: Path) -> None:
    first = FIRST_LINE.fullmatch(move.read_text().splitlines()[0])

    assert first, "the first line reads `-- BEFORE -> AFTER: sentence.`, or READ, JOB or FLEET"
    if first["before"]:
        after = {TaskStatus[word.strip()] for word in first["after"].split("|")}
        assert after <= ALLOWED[TaskStatus[first["before"]]]


@pytest.mark.parametrize("move", MOVES, ids=_name)
def test_move_is_short(move: Path) -> None:
    assert len(move.read_text().splitlines()) <= LONGEST_MOVE_LINES


@pytest.mark.parametrize("slot", ["KEYS", "ARGV"])
@pytest.mark.parametrize("move", MOVES, ids=_name)
def test_each_declared_slot_is_named_once_and_no_other(move: Path, slot: str) -> None:
    declared = _declared(_header(move)[1 if slot == "KEYS" else 2])
    code = _code(move)

    used = [int(number) for number in re.findall(rf"\b{slot}\[(\d+)\]", code)]
    # A last slot that stands for many is walked through.
    used += [int(number) for number in re.findall(rf"for \w+ = (\d+), #{slot}\b", code)]
    if f"unpack({slot})" in code:
        assert set(used) <= set(declared)
    else:
        assert sorted(used) == sorted(declared)


@pytest.mark.parametrize("move", MOVES, ids=_name)
def test_keys_bear_the_names_of_the_header(move: Path) -> None:
    declared = _declared(_header(move)[1])
    code = _code(move)

    named = {int(number): name for name, number in re.findall(r"(\w+) = KEYS\[(\d+)\]", code)}
    assert all(declared[number] == name for number, name in named.items())
    if "-- FLEET" not in move.read_text():
        assert set(declared.values()) <= set(keys.JOB_KEYS)


@pytest.mark.parametrize("move", MOVES, ids=_name)
def test_every_key_used_is_declared_and_every_declared_key_used(move: Path) -> None:
    code = _code(move)
    if "local job = " not in code or "unpack(KEYS)" in code:
        return
    text = _without_comments(load_script(move.stem).text)

    used = set(re.findall(r"\bjob\.(\w+)", text))

    assert used == set(_declared(_header(move)[1]).values())


@pytest.mark.parametrize("move", MOVES, ids=_name)
def test_included_text_exists_and_is_needed(move: Path) -> None:
    included = _included(move)

    assert len(set(included)) == len(included)
    for part in included:
        text = _code(SHELF / "shared" / f"{part}.lua")
        offered = re.findall(r"^local (?:function )?(\w+)", text, re.MULTILINE)
        others = _code(move) + "".join(
            _code(SHELF / "shared" / f"{other}.lua") for other in included if other != part
        )
        assert any(re.search(rf"\b{name}\b", others) for name in offered), f"{part} is not used"


def test_no_shared_text_is_left_over() -> None:
    used = {part for move in MOVES for part in _included(move)}

    assert used == {path.stem for path in SHARED}


@pytest.mark.parametrize("move", MOVES, ids=_name)
def test_functions_are_defined_before_they_are_called(move: Path) -> None:
    text = _without_comments(load_script(move.stem).text)
    text = re.sub(r"'[^']*'", "''", text)

    known = set(LUA_WORDS)
    for match in re.finditer(r"local function (\w+)|(?<![.:\w])(\w+)\s*\(", text):
        if match[1]:
            known.add(match[1])
        else:
            assert match[2] in known, f"{match[2]} is called and not defined before"


@pytest.mark.parametrize("path", [*MOVES, *SHARED], ids=_name)
def test_no_key_is_built_and_nothing_blocks_or_scans_in_lua(path: Path) -> None:
    code = _code(path)

    commands = set(re.findall(r"redis\.call\('(\w+)'", code))

    assert "hfdl:" not in code
    assert not commands & {"KEYS", "SCAN", "SMEMBERS", "HKEYS", "BLPOP", "BRPOP", "XREAD"}
    assert "redis.call(" not in re.sub(r"redis\.call\('", "", code), "commands are literal"


@pytest.mark.parametrize(
    "move", [path for path in MOVES if "ZRANGE" in path.read_text()], ids=_name
)
def test_ranges_by_score_have_a_limit(move: Path) -> None:
    ranges = re.findall(r"redis\.call\('ZRANGE'[^)]*'BYSCORE'[^)]*\)", _code(move), re.DOTALL)

    assert all("'LIMIT'" in found for found in ranges)
