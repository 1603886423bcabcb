"""A contract's terms for tests: an ordinary one, and helpers to make uncomfortable ones."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from hub.contracts.terms import BankAccountDetails, Bilingual, ContractTerms, Party

HUB = Party(
    legal_name="Deccan Trading Hub Private Limited",
    registration_number="U51909TG2024PTC180001",
    vat_id="36AAHCD1234K1ZP",
    address=("4th floor, Cyber Heights", "Madhapur, Hyderabad 500081", "Telangana"),
    country="India",
)

TERMS = ContractTerms(
    number="2026-000123",
    drawn_on=date(2026, 12, 1),
    hub=HUB,
    supplier=Party(
        legal_name="Miryalguda Rythu Producers Company Limited",
        registration_number="U01400TG2019PTC131313",
        vat_id="36AAECM2222R1Z5",
        address=("Market Road 12", "Miryalguda 508207", "Telangana"),
        country="India",
    ),
    purchaser=Party(
        legal_name="上海东方食品进出口有限公司",
        registration_number="91310115MA1K3ABC7X",
        vat_id="",
        address=("浦东新区世纪大道100号", "上海 200120"),
        country="China",
    ),
    commodity_name=Bilingual("Onion, red", "红洋葱"),
    hs_code="0703.10",
    grade="FAQ",
    attributes=(
        ("Bulb diameter", "鳞茎直径", "45–65 mm"),
        ("Moisture", "水分", "at most 86 %"),
        ("Packing", "包装", "mesh bags of 50 kg"),
    ),
    quantity=Decimal("40.000"),
    unit_code="DTN",
    unit_name="decitonne, 100 kg",
    unit_price=Decimal("2320.0000"),
    currency="INR",
    goods_minor=9_280_000,
    freight_per_unit=Decimal("123.6000"),
    kilometres=Decimal("412"),
    freight_minor=494_400,
    total_minor=9_774_400,
    commission_rate=Decimal("0.01"),
    commission_minor=92_800,
    region_from="Telangana",
    region_to="Maharashtra",
    delivery_from=date(2026, 12, 5),
    delivery_until=date(2026, 12, 19),
    incoterm="FCA, Incoterms 2020",
    payment_account=BankAccountDetails(
        holder="Deccan Trading Hub escrow account",
        bank_name="Designated Bank of Hyderabad",
        bic="DBHYINBBXXX",
        country="India",
        clearing_code="DBHY0000042",
        account_number="50200012345678",
    ),
    payment_reference="RF86202600012300",
    payment_days=5,
    acceptance_days=3,
    law=Bilingual("This contract is governed by the law of India.", "本合同适用印度法律。"),
    disputes=Bilingual(
        "Disputes are settled by the hub's dispute procedure first, then by the courts of "
        "Hyderabad.",
        "争议应先通过居间方的争议处理程序解决；未能解决的，提交海得拉巴法院。",
    ),
    verification_url="https://hub.example/verify/2026-000123",
    supplier_account_masked="•••• •••• 4321",
)

LONG_WORD = "Wirtschaftsprüfungsgesellschaftsvereinigungsverwaltungszentrale" * 3
LONG_CHINESE = "中华人民共和国上海市浦东新区国际农产品贸易与仓储物流发展股份有限公司" * 3


def uncomfortable_terms() -> ContractTerms:
    """Long names in both scripts, a letter from outside the main font, 40 attributes."""
    return replace(
        TERMS,
        supplier=replace(TERMS.supplier, legal_name=LONG_WORD, address=("Łódź " * 30,)),
        purchaser=replace(TERMS.purchaser, legal_name=LONG_CHINESE),
        commodity_name=Bilingual("Long-grained parboiled rice of the newest harvest", LONG_CHINESE),
        grade="Extra superior, hand-sorted",
        quantity=Decimal("123456789.125"),
        unit_price=Decimal("98765432.1234"),
        goods_minor=12_193_263_111_263_527_00,
        total_minor=12_193_263_111_263_527_00 + TERMS.freight_minor,
        attributes=tuple(
            (
                f"Attribute {index} with a rather long name",
                f"特性{index}",
                f"value {index} " * index,
            )
            for index in range(1, 41)
        ),
    )
