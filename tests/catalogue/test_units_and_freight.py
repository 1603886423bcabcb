"""Units convert exactly or not at all; freight is a rate times the great circle."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event, select

from hub.catalogue import queries, services
from hub.catalogue.freight import FreightTable, kilometres, per_unit
from hub.catalogue.models import Unit
from hub.catalogue.units import UNITS
from hub.core.actor import SYSTEM
from hub.core.db.base import db
from hub.core.errors import Invalid
from tests.factories import Factories

#: Factors as law and standards write them, in kg, m³, m, m² or pieces.
KNOWN = {
    "DTN": Fraction(100),
    "LBR": Fraction("0.45359237"),
    "ONZ": Fraction("0.028349523125"),
    "STN": Fraction("907.18474"),
    "LTN": Fraction("1016.0469088"),
    "CWI": Fraction("50.80234544"),
    "FTQ": Fraction("0.028316846592"),
    "GLL": Fraction("0.003785411784"),
    "GLI": Fraction("0.00454609"),
    "BLL": Fraction("0.158987294928"),
    "YRD": Fraction("0.9144"),
    "YDK": Fraction("0.83612736"),
    "GRO": Fraction(144),
}


def test_units_are_seeded_once_with_exact_factors(make: Factories) -> None:
    make.unit("DTN")
    added = services.ensure_units()
    assert added == len(UNITS) - 1
    assert services.ensure_units(SYSTEM) == 0
    stored = {each.code: each.factor for each in db.session.scalars(select(Unit))}
    assert {code: stored[code] for code in KNOWN} == KNOWN
    assert queries.unit("tne").code == "TNE"
    assert queries.unit("DTN").names.get("zh_Hans") in (None, "公担")


@pytest.mark.parametrize(
    ("code", "words"), [("BG", "was withdrawn"), ("HAR", "was withdrawn"), ("QTL9", "not a unit")]
)
def test_withdrawn_and_unknown_units_are_refused(make: Factories, code: str, words: str) -> None:
    services.ensure_units()
    with pytest.raises(Invalid, match=words):
        queries.unit(code)


def unit(code: str) -> Unit:
    facts = next(each for each in UNITS if each.code == code)
    return Unit(
        code=code,
        dimension=facts.dimension,
        numerator=facts.factor.numerator,
        denominator=facts.factor.denominator,
    )


@pytest.mark.parametrize(
    ("quantity", "source", "target", "expected"),
    [
        ("4", "TNE", "DTN", "40.000"),
        ("12.5", "KGM", "DTN", "0.125"),
        ("1", "LTN", "LBR", "2240.000"),
        ("2.5", "GRO", "DZN", "30.000"),
        ("0.001", "DTN", "KGM", "0.100"),
    ],
)
def test_quantities_convert(quantity: str, source: str, target: str, expected: str) -> None:
    found = queries.convert_quantity(Decimal(quantity), unit(source), unit(target))
    assert str(found) == expected


@pytest.mark.parametrize(
    ("quantity", "source", "target", "words"),
    [
        ("1", "KGM", "LBR", "exactly"),
        ("0.05", "KGM", "DTN", "exactly"),
        ("1", "KGM", "LTR", "different things"),
        ("1", "SET", "H87", "different things"),
    ],
)
def test_what_is_not_exact_is_refused(quantity: str, source: str, target: str, words: str) -> None:
    with pytest.raises(Invalid, match=words):
        queries.convert_quantity(Decimal(quantity), unit(source), unit(target))


def test_unit_prices_convert_the_other_way() -> None:
    price = queries.convert_unit_price(Decimal("21500"), unit("TNE"), unit("DTN"))
    assert str(price) == "2150.0000"
    with pytest.raises(Invalid, match="exactly"):
        queries.convert_unit_price(Decimal("0.0001"), unit("DTN"), unit("KGM"))


POINTS = st.tuples(
    st.decimals(min_value=-90, max_value=90, places=6),
    st.decimals(min_value=-180, max_value=180, places=6),
)


@given(POINTS, POINTS)
def test_distance_is_symmetric_and_at_most_half_way_round(
    first: tuple[Decimal, Decimal], second: tuple[Decimal, Decimal]
) -> None:
    there, back = kilometres(*first, *second), kilometres(*second, *first)
    assert abs(there - back) <= Decimal("0.001")
    assert 0 <= there <= Decimal("20015.116")
    assert there.as_tuple().exponent == -3
    assert kilometres(*first, *first) == 0


def test_known_distances() -> None:
    quarter = kilometres(Decimal(0), Decimal(0), Decimal(90), Decimal(0))
    assert quarter == Decimal("10007.557")
    delhi_mumbai = kilometres(
        Decimal("28.70"), Decimal("77.10"), Decimal("19.08"), Decimal("72.88")
    )
    assert delhi_mumbai == Decimal("1152.226")


def test_freight_of_a_unit_is_rounded_once_half_to_even() -> None:
    assert per_unit(Decimal("0.30"), Decimal("1152.226")) == Decimal("345.6678")
    assert per_unit(Decimal("0.05"), Decimal("0.001")) == Decimal("0.0000")
    assert per_unit(Decimal("0.05"), Decimal("0.003")) == Decimal("0.0002")


def test_quotes_come_from_two_queries(make: Factories) -> None:
    rate = make.freight_rate("0.30")
    here, there = make.region("Maharashtra"), make.region("NCT of Delhi")
    statements: list[str] = []
    db.session.execute(select(Unit.id))  # so that the transaction has begun

    def note(*call: Any) -> None:
        statements.append(call[2])

    event.listen(db.engine, "before_cursor_execute", note)
    table = FreightTable.load("INR")
    quote = table.quote("INR", rate.unit_id, here.id, there.id)
    event.remove(db.engine, "before_cursor_execute", note)
    assert len(statements) == 2
    assert quote is not None
    assert (quote.rate, quote.kilometres) == (Decimal("0.30"), Decimal("1005.095"))
    assert quote.per_unit == Decimal("301.5285")


def test_a_rate_serves_other_units_of_its_dimension(make: Factories) -> None:
    make.freight_rate("0.30")
    here, there = make.region("Maharashtra"), make.region("NCT of Delhi")
    services.ensure_units()
    table = FreightTable.load()
    tonne, pound = queries.unit("TNE"), queries.unit("LBR")
    litre = queries.unit("LTR")
    quote = table.quote("INR", tonne.id, here.id, there.id)
    assert quote is not None
    assert quote.rate == Decimal("3.000000")
    assert table.quote("INR", pound.id, here.id, there.id) is None
    assert table.quote("INR", litre.id, here.id, there.id) is None
    assert table.quote("USD", tonne.id, here.id, there.id) is None
