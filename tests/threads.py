"""Several people at the same moment, on a database where commits are real."""

from collections.abc import Callable, Sequence
from threading import Barrier, Thread

from flask import Flask, has_app_context

from hub.core.db.base import db
from hub.core.errors import HubError


def at_once(app: Flask, steps: Sequence[Callable[[], object]]) -> list[object]:
    """Run the steps together, a thread and a session each; what each gave, or its refusal."""
    if has_app_context():
        db.session.remove()
    start = Barrier(len(steps))
    outcomes: list[object] = [None] * len(steps)
    defects: list[BaseException] = []

    def run(number: int) -> None:
        with app.app_context():
            start.wait()
            try:
                outcomes[number] = steps[number]()
            except HubError as error:
                outcomes[number] = error
            except BaseException as error:
                defects.append(error)
            finally:
                db.session.remove()

    threads = [Thread(target=run, args=(number,)) for number in range(len(steps))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert defects == []
    return outcomes


def refusals(app: Flask, steps: Sequence[Callable[[], object]]) -> list[HubError | None]:
    """What each step was refused with, all taken at the same moment; None where it was done."""
    outcomes = at_once(app, steps)
    return [outcome if isinstance(outcome, HubError) else None for outcome in outcomes]
