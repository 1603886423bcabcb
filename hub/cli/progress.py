"""A progress bar on a terminal, a line a step elsewhere; always on standard error."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

WIDTH = 30
COMMANDS = ()


@contextmanager
def bar(label: str = "") -> Iterator[Callable[[str, int, int], None]]:
    """Yields ``show(step, done, total)``; each step gets a line of its own."""
    terminal = sys.stderr.isatty()
    told: set[str] = set()

    def show(step: str, done: int, total: int) -> None:
        name = f"{label} {step}".strip()
        if not terminal:
            if name not in told:
                told.add(name)
                click.echo(f"{name} …", err=True)
            return
        filled = WIDTH * done // max(total, 1)
        end = "\n" if done >= total else ""
        click.echo(
            f"\r{name:<14} [{'#' * filled}{'.' * (WIDTH - filled)}] {done}/{total} {end}",
            err=True,
            nl=False,
        )

    yield show
