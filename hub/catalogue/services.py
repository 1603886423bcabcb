"""The verbs of the catalogue, gathered for the packages above."""

from hub.catalogue.administration import (
    create_commodity,
    create_region,
    edit_commodity,
    edit_region,
    ensure_commodity,
    ensure_units,
    set_freight_rate,
    set_unit_withdrawn,
)
from hub.catalogue.importing import import_commodities, import_regions, import_units, read_degrees
from hub.catalogue.specifications import PICTURES, AttributeSpec, CommoditySpec

__all__ = [
    "AttributeSpec",
    "CommoditySpec",
    "PICTURES",
    "create_commodity",
    "create_region",
    "edit_commodity",
    "edit_region",
    "ensure_commodity",
    "ensure_units",
    "import_commodities",
    "import_regions",
    "import_units",
    "read_degrees",
    "set_freight_rate",
    "set_unit_withdrawn",
]
