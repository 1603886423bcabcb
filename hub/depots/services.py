"""The verbs of depots, gathered for the packages above: places, and the stock in them."""

from hub.depots.places.administration import (
    DepotSpec,
    add_bin,
    change_depot,
    create_depot,
    ensure_depot,
)
from hub.depots.places.importing import import_depots
from hub.depots.stock.keeping import (
    block,
    hand_over,
    make_available,
    move,
    pick,
    receive,
    release_reservation,
    require_keeper,
    reserve,
    send_out,
    ship,
    write_off,
)

__all__ = [
    "DepotSpec",
    "require_keeper",
    "add_bin",
    "block",
    "change_depot",
    "create_depot",
    "ensure_depot",
    "hand_over",
    "import_depots",
    "make_available",
    "move",
    "pick",
    "receive",
    "release_reservation",
    "reserve",
    "send_out",
    "ship",
    "write_off",
]
