"""``flask hub match``, and the rules of pairs by hand beside those of the engine."""

import json
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask

from hub.cli.match import match
from hub.core.errors import Invalid
from hub.matching.engine import book
from hub.matching.engine.clearing import open_market
from hub.matching.proposals.pairing import pair
from tests.factories import Factories
from tests.matching.trades import make_partners


def test_the_command_prints_one_object(app: Flask, make: Factories) -> None:
    make_partners(make)
    done = app.test_cli_runner().invoke(match, ["--json"])
    assert done.exit_code == 0
    numbers = json.loads(done.stdout)
    assert numbers["surplus"].keys() == {"INR"}
    assert {name: numbers[name] for name in ("supplies", "demands", "proposals", "quantity")} == {
        "supplies": 1,
        "demands": 1,
        "proposals": 1,
        "quantity": "40.000",
    }
    assert "1 proposals over 40 units" in app.test_cli_runner().invoke(match).stdout


@pytest.mark.parametrize(
    ("supply", "demand"),
    [
        ({}, {}),
        ({"grade": " faq "}, {}),
        ({"grade": "Local"}, {}),
        ({"grade": "Local"}, {"grade": ""}),
        ({"attributes": {"size": "large"}}, {"attributes": {"size": "Large"}}),
        ({"attributes": {"size": "small"}}, {"attributes": {"size": "large"}}),
        ({}, {"attributes": {"size": "large"}}),
        ({"unit_price": Decimal(3000)}, {}),
        ({"days": 20}, {}),
        ({}, {"days": 20}),
    ],
)
def test_by_hand_the_rules_are_those_of_the_engine(
    make: Factories, supply: dict[str, Any], demand: dict[str, Any]
) -> None:
    for values in (supply, demand):
        if "days" in values:
            first = make.someday(values["days"])
            dates = {"ready_from": first, "ready_until": first, "valid_until": first}
            values |= dates | {"ready_until": first + timedelta(days=2)}
    partners = make_partners(
        make,
        {name: value for name, value in supply.items() if name != "days"},
        {name: value for name, value in demand.items() if name != "days"},
    )
    found = book.load()
    market = open_market(found.supplies, found.demands, found.freight_of, {})
    try:
        pair(partners.supply, partners.demand)
        by_hand = True
    except Invalid:
        by_hand = False
    assert by_hand == bool(market.eligible[0, 0])
