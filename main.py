"""Netwright: the command line, and the window when no command is given."""

from __future__ import annotations

import sys

from engine.cli import run


def open_window(arguments: list[str]) -> int:
    """Start the app, with the project file in `arguments` open if there is one."""
    from gui.app import run_app

    return run_app(arguments)


def main() -> int:
    """Run Netwright with the arguments of this process and return its exit status."""
    return run(sys.argv[1:], open_window)


if __name__ == "__main__":
    sys.exit(main())
