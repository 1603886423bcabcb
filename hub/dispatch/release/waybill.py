"""The waybill: the paper that travels with a load, in English and Chinese, as byte-stable PDF."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from babel.dates import format_date

from hub.core.print.pdf import RIGHT, TOP, Column, Document
from hub.core.print.typesetting import NOTE, STRONG, Cell, Style, Text, cell, grouped

_HEAD = Style(7.5, 10.5, bold=True)
_BARCODE_WIDTH, _BARCODE_HEIGHT = 220.0, 40.0
_SIGNATURE_HEIGHT = 92.0


@dataclass(frozen=True, slots=True)
class WaybillLine:
    """One lot on the load; ``quantity`` in ``unit_code`` (UN/ECE Rec 20), to 3 decimals."""

    commodity_en: str
    commodity_zh: str
    lot: str
    quantity: Decimal
    unit_code: str
    unit_name: str
    packages: str


@dataclass(frozen=True, slots=True)
class WaybillDetails:
    """What a waybill states. ``number`` is printed as a Code 128 barcode, so it is ASCII."""

    number: str
    issuer: str
    contract_number: str
    departure_on: date
    depot_name: str
    depot_address: tuple[str, ...]
    carrier: str
    vehicle: str
    driver: str
    consignee: str
    consignee_address: tuple[str, ...]
    lines: tuple[WaybillLine, ...]


def render_waybill(waybill: WaybillDetails) -> bytes:
    """The waybill as PDF; equal details give equal bytes.

    Raises:
        ValueError: the number is empty or not ASCII.
        hub.core.print.typesetting.FontsMissing: the font files are not installed.
    """
    if not waybill.number or not waybill.number.isascii():
        raise ValueError("A waybill's number must be ASCII to be printed as a barcode.")
    document = Document(
        title=f"Waybill {waybill.number}",
        author=waybill.issuer,
        foot=f"Waybill 运单 {waybill.number}  ·  {waybill.issuer}",
    )
    document.code128(waybill.number, RIGHT, TOP, _BARCODE_WIDTH, _BARCODE_HEIGHT)
    under = (
        Text(f"No. 编号  {waybill.number}", STRONG),
        Text(f"Contract 合同  {waybill.contract_number}"),
        Text(f"Departure 发运日期  {_day(waybill.departure_on)}"),
    )
    document.masthead(waybill.issuer, "Waybill", "运单", under, gap=_BARCODE_WIDTH + 12)
    _journey(document, waybill)
    _goods(document, waybill.lines)
    _signatures(document)
    return document.finish()


def _day(day: date) -> str:
    english = format_date(day, "d MMM yyyy", locale="en")
    return f"{english} · {day.year}年{day.month}月{day.day}日"


def _block(name: str, address: Sequence[str]) -> Cell:
    return (Text(name, STRONG), *(Text(line) for line in address))


def _heads(*titles: tuple[str, str]) -> list[Cell]:
    return [(Text(en, _HEAD), Text(zh, NOTE)) for en, zh in titles]


def _journey(document: Document, waybill: WaybillDetails) -> None:
    document.heading("1  From and to", "起讫", keep=80)
    document.table(
        (Column(1), Column(1)),
        [
            (
                _block(waybill.depot_name, waybill.depot_address),
                _block(waybill.consignee, waybill.consignee_address),
            )
        ],
        head=_heads(("Depot", "发货仓库"), ("Consignee", "收货人")),
    )
    document.heading("2  Carriage", "运输")
    document.facts(
        [
            ("Carrier", "承运人", cell(waybill.carrier)),
            ("Vehicle", "车辆", cell(waybill.vehicle)),
            ("Driver", "驾驶员", cell(waybill.driver)),
        ]
    )


def _goods(document: Document, lines: Sequence[WaybillLine]) -> None:
    document.heading("3  Goods", "货物")
    columns = (
        Column(2.2),
        Column(1.3),
        Column(1, right=True),
        Column(1.2),
        Column(1.2),
    )
    rows = [
        (
            cell(line.commodity_en, line.commodity_zh, STRONG),
            cell(line.lot),
            cell(grouped(line.quantity)),
            cell(line.unit_code, line.unit_name),
            cell(line.packages or "–"),
        )
        for line in lines
    ]
    heads = _heads(
        ("Commodity", "品名"),
        ("Lot", "批号"),
        ("Quantity", "数量"),
        ("Unit", "单位"),
        ("Packages", "件数"),
    )
    document.table(columns, rows, head=heads)


def _signatures(document: Document) -> None:
    document.heading("4  Signatures", "签字", keep=_SIGNATURE_HEIGHT + 12)
    document.space(8)
    titles = (
        ("Handed over by the depot", "仓库交货"),
        ("Taken over by the carrier", "承运人接货"),
        ("Received by the consignee", "收货人签收"),
    )
    boxes = document.reserve(_SIGNATURE_HEIGHT, len(titles))
    for box, (en, zh) in zip(boxes, titles, strict=True):
        document.write(box, (Text(en, _HEAD), Text(zh, NOTE)))
        document.write(box, (Text("Name, date, time 姓名、日期、时间", NOTE),), at_foot=True)
