"""Depots from a CSV file, all of them or none."""

from hub.catalogue import queries as catalogue
from hub.catalogue.services import read_degrees
from hub.core import tabular
from hub.core.actor import Actor
from hub.core.errors import Conflict, Invalid
from hub.core.i18n import _
from hub.core.numbers import QUANTITY_PLACES, parse_decimal
from hub.core.use_case import use_case
from hub.depots.places.administration import DepotSpec, ensure_depot

COLUMNS = ("code", "name", "region", "latitude", "longitude", "capacity_t")


@use_case
def import_depots(actor: Actor, data: bytes) -> int:
    """Make or update the depots of a CSV file with ``COLUMNS``; returns how many it names.

    Raises:
        NotAllowed: not an administrator.
        Invalid: the file can't be read, or a line is wrong; the message names every such line,
            and nothing was changed.
    """
    problems, count = [], 0
    for line, row in tabular.read_csv(data, COLUMNS):
        try:
            _import_depot(actor, row)
            count += 1
        except (Invalid, Conflict) as error:
            problems.append(_("Line %(line)d: %(problem)s", line=line, problem=error.message))
    if problems:
        raise Invalid("\n".join(problems))
    return count


def _import_depot(actor: Actor, row: dict[str, str]) -> None:
    if "" in row:
        raise Invalid(row[""])
    region = catalogue.region_named(row["region"])
    if region is None:
        raise Invalid(_("The hub knows no region “%(text)s”.", text=row["region"][:60]))
    latitude, longitude = (read_degrees(row[name]) for name in ("latitude", "longitude"))
    capacity = parse_decimal(row["capacity_t"], QUANTITY_PLACES)
    spec = DepotSpec(row["name"], region, latitude, longitude, capacity)
    ensure_depot(actor, row["code"], spec)
