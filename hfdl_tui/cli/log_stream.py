"""Where log lines are written: harmless text, and above whatever bars are being drawn."""

import sys
from typing import TextIO, cast

from hfdl_tui.wording.printable import printable


class LogStream:
    """What a logging handler needs of a stream.

    It asks for stderr at each line: while bars are drawn, stderr is a stand-in that writes above
    them. A traceback is several lines; everything else in them is made printable.
    """

    def write(self, text: str) -> None:
        sys.stderr.write("\n".join(printable(line) for line in text.split("\n")))

    def flush(self) -> None:
        sys.stderr.flush()

    def as_stream(self) -> TextIO:
        return cast("TextIO", self)  # a handler calls nothing but these two
