"""Whatever is done in whatever order, the stock adds up and nothing is given twice."""

from collections import defaultdict
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from itertools import count
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.core.actor import SYSTEM
from hub.core.errors import Conflict, Invalid
from hub.depots import invariants, queries, services
from hub.depots.models import BinUse, Outside
from tests.examples import examples
from tests.factories import Factories

Step = tuple[str, int, int, Decimal]
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["move", "move twice", "reserve", "pick", "ship", "release", "send out"]),
        st.integers(0, 3),
        st.integers(0, 3),
        st.decimals("0.001", "60", places=3),
    ),
    min_size=1,
    max_size=14,
)
_numbers = count(1)


class Warehouse:
    """A lot of 60 DTN in a depot, and beside it what should be where, in plain dictionaries."""

    def __init__(self, make: Factories) -> None:
        depot = make.depot(f"D-{next(_numbers)}")
        uses = (BinUse.RECEIVING, BinUse.STORAGE, BinUse.QUARANTINE, BinUse.OUTBOUND)
        self.bins = [queries.bin_for(depot.id, use).id for use in uses]
        self.cause = ("test", depot.id)
        self.lot_id = services.receive(
            SYSTEM,
            depot.id,
            make.company().id,
            make.commodity().id,
            "DTN",
            "FAQ",
            Decimal(60),
            self.cause,
            f"{depot.id}:receive",
            self.cause,
        ).id
        services.make_available(SYSTEM, self.lot_id, "sound")
        self.on_hand = defaultdict(Decimal, {self.bins[0]: Decimal(60)})
        self.reserved: dict[int, Decimal] = defaultdict(Decimal)
        self.living: dict[int, tuple[int, Decimal, str]] = {}

    def free(self, place: int) -> Decimal:
        return self.on_hand[place] - self.reserved[place]

    def take(self, number: int, step: Step) -> None:
        """Take a step and say what it changes, or see it refused when it can't be."""
        verb, first, second, quantity = step
        key, origin, destination = f"{self.cause[1]}:{number}", self.bins[first], self.bins[second]
        if verb.startswith("move"):
            possible = origin != destination and self.free(origin) >= quantity
            for _time in range(2 if verb == "move twice" and possible else 1):
                move = partial(services.move, SYSTEM, self.lot_id, origin, destination)
                attempt(possible, partial(move, quantity, key, self.cause))
            if possible:
                self.on_hand[origin] -= quantity
                self.on_hand[destination] += quantity
        elif verb == "send out":
            possible = self.free(origin) >= quantity
            send_out = partial(services.send_out, SYSTEM, self.lot_id, origin, Outside.LOSS)
            attempt(possible, partial(send_out, quantity, key, self.cause))
            if possible:
                self.on_hand[origin] -= quantity
        elif verb == "reserve":
            self._reserve(quantity)
        elif self.living:
            self._use(verb, sorted(self.living)[first % len(self.living)], key)

    def _reserve(self, quantity: Decimal) -> None:
        storage = self.bins[1]
        possible = self.free(storage) >= quantity
        made = attempt(
            possible,
            lambda: services.reserve(SYSTEM, self.lot_id, storage, quantity, self.cause),
        )
        if possible:
            self.reserved[storage] += quantity
            self.living[made.id] = (storage, quantity, "hard")

    def _use(self, verb: str, chosen: int, key: str) -> None:
        place, quantity, state = self.living[chosen]
        if verb == "release":
            services.release_reservation(SYSTEM, chosen, "not needed")
            self.reserved[place] -= quantity
            del self.living[chosen]
        elif verb == "pick":
            attempt(state == "hard", lambda: services.pick(SYSTEM, chosen, key))
            if state == "hard":
                for balance in (self.on_hand, self.reserved):
                    balance[place] -= quantity
                    balance[self.bins[3]] += quantity
                self.living[chosen] = (self.bins[3], quantity, "picked")
        else:
            attempt(state == "picked", lambda: services.ship(SYSTEM, chosen, Outside.CARRIER, key))
            if state == "picked":
                self.on_hand[place] -= quantity
                self.reserved[place] -= quantity
                del self.living[chosen]


def attempt(possible: bool, verb: Callable[[], Any]) -> Any:
    """What ``verb`` gives, or nothing when it is refused as it must be."""
    if possible:
        return verb()
    with pytest.raises((Conflict, Invalid)):
        verb()
    return None


@settings(
    max_examples=examples(25),
)
@given(STEPS)
def test_the_stock_agrees_with_plain_dictionaries(make: Factories, steps: list[Step]) -> None:
    warehouse = Warehouse(make)
    for number, step in enumerate(steps):
        warehouse.take(number, step)
        lines = queries.stock_of_lot(warehouse.lot_id)
        assert {line.bin.id: (line.on_hand, line.reserved) for line in lines} == {
            place: (quantity, warehouse.reserved[place])
            for place, quantity in warehouse.on_hand.items()
            if quantity
        }
    assert [check() for check in invariants.CHECKS] == [[]] * len(invariants.CHECKS)
