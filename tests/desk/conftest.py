"""A small hub with its people, and one trade that tests play as far as they need."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from flask import Flask

from hub.contracts.models import Contract
from hub.core import clock
from hub.core.db.base import db
from hub.demo import people
from hub.demo.story import Story
from hub.matching import services as matching
from hub.posting.models import Side


class Trade:
    """One trade of 40 DTN of onions between the first two companies of the demo.

    No way is shorter than the one through the depot of Delhi, where the purchaser is.
    """

    def __init__(self, folder: Path) -> None:
        people.found_hub()
        people.found_companies()
        people.hire_staff()
        self.story = Story(folder)
        self.player = self.story.player
        self.staff = self.player.staff
        supplier, purchaser = self.story.companies[:2]
        self.supplier = people.owner_of(supplier)
        self.purchaser = people.owner_of(purchaser)
        self.stranger = people.owner_of(self.story.companies[2])
        self.supply = self.story.post(Side.SUPPLY, supplier, "onion", 40, Decimal(2150))
        self.demand = self.story.post(Side.DEMAND, purchaser, "onion", 40, Decimal(3050))

    def propose(self) -> int:
        """The broker proposes it; the proposal's id."""
        return matching.propose(
            self.staff.broker,
            self.supply.public_id,
            self.demand.public_id,
            Decimal(40),
            Decimal(2400),
        ).id

    def play(self, *steps: str) -> Contract:
        """Agree, then take these steps of the story."""
        return self.go_on(self.player.agree(self.propose()), *steps)

    def go_on(self, contract: Contract, *steps: str) -> Contract:
        """Take these further steps of the story."""
        taken = {
            "sign": self.player.sign,
            "pay": lambda found: self.player.pay(self.story.bank, [found], "ONE"),
            "announce": self.player.announce,
            "bring_in": self.player.bring_in,
            "send_out": self.player.send_out,
            "deliver": self.player.deliver,
            "accept": self.player.accept,
        }
        for step in steps:
            taken[step](contract)
        return db.session.get_one(Contract, contract.id, populate_existing=True)


@pytest.fixture
def trade(app: Flask, tmp_path: Path) -> Iterator[Trade]:
    """The trade, with the hub's people around it."""
    yield Trade(tmp_path)
    clock.set_to(None)
