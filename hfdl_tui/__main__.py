"""`python -m hfdl_tui` is the same as `hfdl`."""

import sys

from hfdl_tui.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
