"""Reads from a regular expression what each text that it finds must hold."""

import re
from typing import Final

_TOKEN: Final = re.compile(
    r"(?P<sign>[^\\.^$*+?{}\[\]()|])"
    r"|\\(?P<escaped>\W)"
    r"|(?P<at_will>[*?]|\{\d*(?:,\d*)?\})[?+]?"  # of what comes before, perhaps none
    r"|\\[AbBdDsSwWZ]|\[\^?\]?(?:\\.|[^\\\]])*\]|\+[?+]?|[.^$()|{}\]]",
    re.DOTALL,
)


def needed_parts(pattern: str) -> list[str]:
    """Of one that can be compiled; empty when that is not plain to see."""
    parts, depth, at = [""], 0, 0
    while at < len(pattern):
        token = _TOKEN.match(pattern, at)
        is_choice = pattern[at] == "|" and not depth
        if token is None or is_choice or pattern.startswith("(?", at):
            return []
        at = token.end()
        depth += (token[0] == "(") - (token[0] == ")")
        if depth:
            continue
        if sign := token["sign"] or token["escaped"]:
            parts[-1] += sign
            continue
        if token["at_will"]:
            parts[-1] = parts[-1][:-1]
        parts.append("")
    return [part for part in parts if part]
