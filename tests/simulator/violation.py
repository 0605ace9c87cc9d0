"""How the simulator says that the queue broke a promise."""


class Violation(AssertionError):
    """The queue broke one of its promises; the text says which."""


def expect(holds: object, otherwise: str, *facts: object) -> None:
    """Violation unless it holds; `{}` in the text stand for the facts, formatted only then."""
    if not holds:
        raise Violation(otherwise.format(*facts))
