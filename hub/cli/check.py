"""``flask hub check``: the invariants of a database, and what breaks them."""

import json
from collections.abc import Callable, Iterable
from typing import TypedDict

import click
from flask.cli import with_appcontext

from hub.ads.display import invariants as display_invariants
from hub.ads.ranking import invariants as campaign_invariants
from hub.affiliates import invariants as affiliates_invariants
from hub.contracts import invariants as contracts_invariants
from hub.depots import invariants as depots_invariants
from hub.matching import invariants as matching_invariants
from hub.membership import invariants as membership_invariants
from hub.negotiation import invariants as negotiation_invariants
from hub.payments import invariants as payments_invariants

Check = tuple[int | str, str, Callable[[], list[str]]]

CHECKS: tuple[Check, ...] = (
    *payments_invariants.CHECKS,
    *contracts_invariants.CHECKS,
    *(("goods", "Stock is what the moves add up to.", each) for each in depots_invariants.CHECKS),
    *matching_invariants.CHECKS,
    *membership_invariants.CHECKS,
    *affiliates_invariants.CHECKS,
    *negotiation_invariants.CHECKS,
    *campaign_invariants.CHECKS,
    *display_invariants.CHECKS,
)


class Finding(TypedDict):
    """A rule and what breaks it."""

    rule: str
    broken: list[str]


def run_checks(checks: Iterable[Check] = CHECKS) -> dict[str, Finding]:
    """Run every check; the findings by number.

    Several checks may speak for one number; they are told together.
    """
    found: dict[str, Finding] = {}
    for number, rule, function in checks:
        finding = found.setdefault(str(number), {"rule": rule, "broken": []})
        finding["broken"] += function()
    return found


@click.command("check")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@with_appcontext
def check(as_json: bool) -> None:
    """Check the invariants of money, goods and quantities. Exit status 1 if one is broken."""
    found = run_checks()
    broken = [
        f"{number}: {sentence}" for number, entry in found.items() for sentence in entry["broken"]
    ]
    if as_json:
        click.echo(json.dumps({"checked": len(found), "broken": broken}, ensure_ascii=False))
    else:
        for number, entry in found.items():
            click.echo(f"{'BROKEN' if entry['broken'] else 'holds '}  {number:>3}  {entry['rule']}")
        for line in broken:
            click.echo(line, err=True)
    if broken:
        raise SystemExit(1)


COMMANDS = (check,)
