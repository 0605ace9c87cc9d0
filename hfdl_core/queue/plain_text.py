"""Text of others (errors, reasons) made fit for one line of a log."""

_LONGEST = 500


def one_line(text: str) -> str:
    """One line of at most 500 characters that every encoding can write."""
    flat = " ".join(text.split())[:_LONGEST]
    return flat.encode("utf-8", "replace").decode("utf-8")


def decoded(raw: bytes) -> str:
    """Text from Redis, whoever wrote it."""
    return raw.decode("utf-8", "replace")
