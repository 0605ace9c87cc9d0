"""What was asked for before and after the verb, gathered without loading the core."""

from collections.abc import Mapping


class Asked:
    """The shared options of one run; what stands later wins."""

    def __init__(self) -> None:
        self._options: dict[str, object] = {}

    def take(self, given: Mapping[str, object]) -> None:
        self._options.update(given)

    @property
    def options(self) -> Mapping[str, object]:
        return self._options

    @property
    def wants_traceback(self) -> bool:
        return str(self._options.get("log_level")).upper() == "DEBUG"
