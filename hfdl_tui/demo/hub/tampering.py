"""What injected faults do to an answer: to its headers at once, to its body while it flows."""

from collections.abc import Sequence
from dataclasses import dataclass

from hfdl_tui.demo.hub.exchange import Response, Span
from hfdl_tui.demo.hub.faults import (
    Action,
    Close,
    Corrupt,
    Cut,
    ShortBody,
    Stall,
    Status,
    WrongContentRange,
)


@dataclass(frozen=True, slots=True)
class Incident:
    """Something that happens once `at` body bytes are out."""

    at: int
    action: Cut | Close | Stall


@dataclass(frozen=True, slots=True)
class Tampering:
    """How a body is spoiled: incidents in order, and flipped file offsets."""

    incidents: Sequence[Incident] = ()
    flipped: Sequence[range] = ()

    def flips(self, start: int, end: int) -> bool:
        return any(one.start < end and start < one.stop for one in self.flipped)

    def flip(self, piece: memoryview, start: int) -> memoryview:
        """Return the piece that begins at file offset `start` with its flips done."""
        spoiled = bytearray(piece)
        for one in self.flipped:
            for at in range(max(one.start, start), min(one.stop, start + len(spoiled))):
                spoiled[at - start] ^= 0xFF
        return memoryview(spoiled)


def tamper_with_body(actions: Sequence[Action], span: Span) -> Tampering:
    incidents = []
    flipped = []
    for action in actions:
        match action:
            case Cut(after=at) | Close(after=at) | Stall(after=at):
                incidents.append(Incident(min(at, span.length), action))
            case Corrupt(offset=offset, length=length):
                first = span.start if offset is None else offset
                flipped.append(range(first, first + length))
            case _:
                pass
    return Tampering(sorted(incidents, key=lambda one: one.at), flipped)


def tamper_with_head(actions: Sequence[Action], response: Response) -> Response:
    """Apply the faults that show in status, headers or announced length."""
    for action in actions:
        match action:
            case Status():
                response = Response.of_text(action.message, action.code, action.headers)
            case ShortBody(length=length):
                span = response.span
                response.span = Span(span.content, span.start, min(length, span.length))
            case WrongContentRange(shift=shift) if "Content-Range" in response.headers:
                first, last = response.span.start + shift, response.span.end - 1 + shift
                size = response.span.content.size
                response.headers["Content-Range"] = f"bytes {first}-{last}/{size}"
            case _:
                pass
    return response
