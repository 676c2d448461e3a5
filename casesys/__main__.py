"""The command line: every act of an operator, and of a person named with ``--as``."""

from __future__ import annotations

from casesys.cli import main

if __name__ == "__main__":
    main()
