"""The waybill states what travels, and its barcode can be read."""

import subprocess
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from hub.dispatch.release.waybill import WaybillDetails, WaybillLine, render_waybill

LINE = WaybillLine(
    commodity_en="Onion, red",
    commodity_zh="红洋葱",
    lot="LOT-2026-0042",
    quantity=Decimal("40.000"),
    unit_code="DTN",
    unit_name="decitonne, 100 kg",
    packages="80 bags",
)
WAYBILL = WaybillDetails(
    number="WB-2026-000077",
    issuer="Deccan Trading Hub Private Limited",
    contract_number="2026-000123",
    departure_on=date(2026, 12, 9),
    depot_name="Hyderabad North",
    depot_address=("Plot 7, Medchal Road", "Hyderabad 501401"),
    carrier="Krishna Roadways",
    vehicle="TS 09 UB 4242",
    driver="Łukasz Reddy",
    consignee="上海东方食品进出口有限公司",
    consignee_address=("浦东新区世纪大道100号", "上海 200120"),
    lines=(LINE,),
)


def text_of(pdf: bytes, tmp_path: Path) -> str:
    path = tmp_path / "waybill.pdf"
    path.write_bytes(pdf)
    command = ["pdftotext", "-layout", str(path), "-"]
    return subprocess.run(command, capture_output=True, check=True, text=True).stdout


def test_states_every_detail_of_the_load(tmp_path: Path) -> None:
    text = text_of(render_waybill(WAYBILL), tmp_path)
    for expected in (
        "WB-2026-000077",
        "2026-000123",
        "9 Dec 2026",
        "2026年12月9日",
        "Hyderabad North",
        "Krishna Roadways",
        "TS 09 UB 4242",
        "Łukasz Reddy",
        "上海东方食品进出口有限公司",
        "LOT-2026-0042",
        "红洋葱",
        "80 bags",
        "Page 1 of 1",
    ):
        assert expected in text
    assert text.split("LOT-2026-0042")[1].split()[:2] == ["40", "DTN"]


def test_equal_details_give_equal_bytes() -> None:
    assert render_waybill(WAYBILL) == render_waybill(replace(WAYBILL))
    assert render_waybill(WAYBILL) != render_waybill(replace(WAYBILL, vehicle="TS 09 UB 4243"))


def test_many_lots_run_over_pages_with_the_head_repeated(tmp_path: Path) -> None:
    lines = tuple(replace(LINE, lot=f"LOT-{index:04}") for index in range(90))
    pages = text_of(render_waybill(replace(WAYBILL, lines=lines)), tmp_path).split("\f")[:-1]
    assert len(pages) == 5
    assert [f"Page {index} of 5" in page for index, page in enumerate(pages, 1)] == [True] * 5
    for page in pages:
        if "LOT-" in page:
            assert page.index("Packages") < page.index("LOT-")
    found = "".join(pages)
    assert [found.count(line.lot) for line in lines] == [1] * 90


@pytest.mark.parametrize("number", ["", "运单1"])
def test_refuses_a_number_that_makes_no_barcode(number: str) -> None:
    with pytest.raises(ValueError, match="ASCII"):
        render_waybill(replace(WAYBILL, number=number))
