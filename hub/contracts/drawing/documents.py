"""The contract's document: the frozen terms in English and Chinese, as byte-stable PDF.

Both languages stand side by side in the document whatever the reader's language is, and its
wording is part of what is signed: so the texts are here and not in the translation catalogues.
"""

from datetime import date
from decimal import Decimal

from babel.dates import format_date

from hub.contracts.terms import BankAccountDetails, Bilingual, ContractTerms, Party
from hub.core.money import Money, minor_digits
from hub.core.print.pdf import RIGHT, TOP, Column, Document
from hub.core.print.typesetting import BODY, LABEL, NOTE, STRONG, Cell, Style, Text, cell, grouped

_QR_SIZE = 84.0
_HEAD = Style(7.5, 10.5, bold=True)
_CLAUSE_ZH = Style(8.5, 12.5, colour="#39434f")
_TOTAL = Style(10.5, 15.0, bold=True)


def render_contract(terms: ContractTerms) -> bytes:
    """The contract as PDF; equal terms give equal bytes.

    Raises:
        hub.core.print.typesetting.FontsMissing: the font files are not installed.
    """
    document = Document(
        title=f"Contract {terms.number}",
        author=terms.hub.legal_name,
        foot=f"Contract 合同 {terms.number}  ·  {terms.hub.legal_name}",
    )
    _masthead(document, terms)
    _parties(document, terms)
    _goods(document, terms)
    _price(document, terms)
    _delivery(document, terms)
    _payment(document, terms)
    _acceptance(document, terms)
    _commission(document, terms)
    _law(document, terms)
    _attributes(document, terms)
    return document.finish()


def _amount(minor: int, currency: str) -> str:
    digits = minor_digits(currency)
    return grouped(Money(minor, currency).decimal, digits, digits)


def _money(minor: int, currency: str) -> str:
    return f"{_amount(minor, currency)} {currency}"


def _unit_price(amount: Decimal, terms: ContractTerms) -> str:
    digits = minor_digits(terms.currency)
    return f"{grouped(amount, digits, max(digits, 4))} {terms.currency}/{terms.unit_code}"


def _day(day: date) -> Bilingual:
    return Bilingual(
        str(format_date(day, "d MMM yyyy", locale="en")), f"{day.year}年{day.month}月{day.day}日"
    )


def _both(text: Bilingual) -> str:
    return f"{text.en} · {text.zh}" if text.zh else text.en


def _heads(*titles: tuple[str, str]) -> list[Cell]:
    return [(Text(en, _HEAD), Text(zh, NOTE)) if en else (Text(""),) for en, zh in titles]


def _clause(document: Document, en: str, zh: str) -> None:
    texts = (Text(en), Text(zh, _CLAUSE_ZH)) if zh else (Text(en),)
    document.table((Column(1),), [(texts,)], ruled=False, padding=3.5)


def _masthead(document: Document, terms: ContractTerms) -> None:
    document.qr(terms.verification_url, RIGHT + 8, TOP + 8, _QR_SIZE)
    document.masthead(
        terms.hub.legal_name,
        "Contract of sale",
        "货物买卖合同",
        (
            Text(f"No. 编号  {terms.number}", STRONG),
            Text(f"Drawn on 订立日期  {_both(_day(terms.drawn_on))}", BODY),
            Text(f"Verify 核验  {terms.verification_url}", NOTE),
        ),
        gap=_QR_SIZE + 6,
    )


def _parties(document: Document, terms: ContractTerms) -> None:
    document.heading("1  Parties", "当事人", keep=120)
    parties = (terms.supplier, terms.purchaser, terms.hub)
    rows: list[list[Cell]] = [
        [
            _label("Legal name", "名称"),
            *(cell(party.legal_name, style=STRONG) for party in parties),
        ],
        [_label("Registration no.", "注册号"), *(cell(p.registration_number) for p in parties)],
        [_label("VAT id", "税号"), *(cell(party.vat_id or "–") for party in parties)],
        [_label("Address", "地址"), *map(_address, parties)],
    ]
    heads = _heads(
        ("", ""), ("Supplier", "供方"), ("Purchaser", "需方"), ("Intermediary (the hub)", "中介方")
    )
    columns = (Column(0.62), Column(1), Column(1), Column(1))
    document.table(columns, rows, head=heads, padding=3.5)
    _clause(
        document,
        "The supplier sells and the purchaser buys the goods below on these terms. The hub brought "
        "them together and carries out payment and delivery as their intermediary; it is neither "
        "seller nor buyer.",
        "供方出售、需方购买下列货物，条款如下。中介方促成本合同，并受双方委托办理货款收付与交付；"
        "中介方既非卖方，亦非买方。",
    )


def _label(en: str, zh: str) -> Cell:
    return (Text(en, LABEL), Text(zh, NOTE))


def _address(party: Party) -> Cell:
    return tuple(Text(line) for line in (*party.address, party.country))


def _goods(document: Document, terms: ContractTerms) -> None:
    document.heading("2  Goods", "货物")
    columns = (
        Column(1.6),
        Column(0.75),
        Column(0.8),
        Column(0.9, right=True),
        Column(1.2),
        Column(1.1, right=True),
        Column(1.5, right=True),
    )
    heads = _heads(
        ("Commodity", "品名"),
        ("HS code", "海关编码"),
        ("Grade", "等级"),
        ("Quantity", "数量"),
        ("Unit", "单位"),
        ("Unit price", "单价"),
        ("Amount", "金额"),
    )
    digits = minor_digits(terms.currency)
    row = (
        cell(terms.commodity_name.en, terms.commodity_name.zh, STRONG),
        cell(terms.hs_code or "–"),
        cell(terms.grade or "–"),
        cell(grouped(terms.quantity)),
        cell(terms.unit_code, terms.unit_name),
        cell(
            grouped(terms.unit_price, digits, max(digits, 4)), f"{terms.currency}/{terms.unit_code}"
        ),
        cell(_amount(terms.goods_minor, terms.currency), terms.currency),
    )
    document.table(columns, [row], head=heads)
    if terms.attributes:
        _clause(
            document,
            "The goods have the attributes listed in the annex.",
            "货物应具备附件所列各项特性。",
        )


def _price(document: Document, terms: ContractTerms) -> None:
    document.heading("3  Price and freight", "价款与运费", keep=100)
    quantity = f"{grouped(terms.quantity)} {terms.unit_code}"
    columns = (Column(1.1), Column(1.9), Column(1.2, right=True))
    rows = [
        (
            cell("Goods  货款"),
            cell(f"{quantity} × {_unit_price(terms.unit_price, terms)}"),
            cell(_money(terms.goods_minor, terms.currency)),
        ),
        (
            cell("Freight  运费"),
            cell(
                f"{quantity} × {_unit_price(terms.freight_per_unit, terms)}",
                f"{terms.region_from} – {terms.region_to}, {grouped(terms.kilometres)} km 公里",
            ),
            cell(_money(terms.freight_minor, terms.currency)),
        ),
        (
            cell("Total payable  应付总额", style=_TOTAL),
            cell("by the purchaser  由需方支付", style=Style(9, 15)),
            cell(_money(terms.total_minor, terms.currency), style=_TOTAL),
        ),
    ]
    document.table(columns, rows, padding=3.5)


def _delivery(document: Document, terms: ContractTerms) -> None:
    document.heading("4  Delivery", "交货")
    first, last = _day(terms.delivery_from), _day(terms.delivery_until)
    facts = [
        ("From", "起运地", cell(terms.region_from)),
        ("To", "目的地", cell(terms.region_to)),
        ("Delivery window", "交货期", cell(f"{first.en} – {last.en}", f"{first.zh}至{last.zh}")),
        ("Incoterm", "贸易术语", cell(terms.incoterm)),
    ]
    if terms.packaging:
        facts.append(("Packaging", "包装", cell(terms.packaging)))
    document.facts(facts)
    _clause(
        document,
        "Within the window the supplier brings the goods to the depot that the hub names once "
        "payment has been received. There they are counted and inspected, and from there the hub "
        "brings them to the purchaser.",
        "供方应在交货期内将货物送至中介方于收妥货款后指定的仓库。货物在该仓库清点、检验后，"
        "由中介方运交需方。",
    )
    if terms.notes:
        document.facts([("Also agreed", "另行约定", _lines(terms.notes))])


def _payment(document: Document, terms: ContractTerms) -> None:
    document.heading("5  Payment", "付款", keep=140)
    _clause(
        document,
        f"The purchaser pays {_money(terms.total_minor, terms.currency)} within "
        f"{terms.payment_days} days of the last signature to the account below at the designated "
        "bank, and states the reference. The hub holds the money for this contract alone and "
        "releases it for the goods that the purchaser has accepted.",
        f"需方应自最后签署之日起 {terms.payment_days} 日内，将 "
        f"{_money(terms.total_minor, terms.currency)} 付至下列指定银行账户，并注明付款参考号。"
        "中介方仅为本合同保管该款项，并按需方验收的货物予以支付。",
    )
    facts = [
        ("Account holder", "户名", cell(terms.payment_account.holder, style=STRONG)),
        ("Designated bank", "指定银行", cell(terms.payment_account.bank_name)),
        *_account_facts(terms.payment_account),
        ("Reference", "付款参考号", cell(_in_fours(terms.payment_reference), style=STRONG)),
        ("Amount", "金额", cell(_money(terms.total_minor, terms.currency), style=STRONG)),
    ]
    document.facts(facts)


def _account_facts(account: BankAccountDetails) -> list[tuple[str, str, Cell]]:
    facts = (
        [("IBAN", "国际银行账号", cell(_in_fours(account.iban), style=STRONG))]
        if account.iban
        else [
            ("Account number", "账号", cell(account.account_number or "", style=STRONG)),
            ("Clearing code", "清算行号", cell(f"{account.clearing_code} ({account.country})")),
        ]
    )
    return [*facts, ("BIC", "银行识别码", cell(account.bic))] if account.bic else facts


def _lines(text: str) -> Cell:
    return tuple(Text(line) for line in text.splitlines() if line.strip())


def _in_fours(code: str) -> str:
    """IBANs and creditor references are printed in groups of four (ISO 13616, ISO 11649)."""
    compact = code.replace(" ", "")
    return " ".join(compact[start : start + 4] for start in range(0, len(compact), 4))


def _acceptance(document: Document, terms: ContractTerms) -> None:
    document.heading("6  Acceptance", "验收")
    _clause(
        document,
        f"The purchaser accepts the goods, or refuses them stating the reason, within "
        f"{terms.acceptance_days} days of delivery. If the purchaser says nothing in that time, "
        "the goods are accepted.",
        f"需方应在交货后 {terms.acceptance_days} 日内验收货物，或说明理由拒收。"
        "逾期未作表示的，视为已验收。",
    )
    _clause(
        document,
        "What is short, rejected or never delivered is refunded to the purchaser at the unit price "
        "together with its freight.",
        "短少、被拒收或未交付的部分，按单价连同相应运费退还需方。",
    )


def _commission(document: Document, terms: ContractTerms) -> None:
    document.heading("7  Commission and payout", "佣金与付款给供方")
    percent = grouped(terms.commission_rate.scaleb(2), 0, 6)
    _clause(
        document,
        f"The supplier bears the hub's commission of {percent}% of the goods amount, which is "
        f"{_money(terms.commission_minor, terms.currency)} for the whole quantity. It is deducted "
        "from what is released to the supplier; the purchaser owes no commission.",
        f"中介方的佣金为货款的 {percent}%，按全部数量计为 "
        f"{_money(terms.commission_minor, terms.currency)}，由供方承担，从支付给供方的款项中扣除；"
        "需方不承担佣金。",
    )
    if terms.supplier_account_masked:
        document.facts([("Supplier's account", "供方账户", cell(terms.supplier_account_masked))])


def _law(document: Document, terms: ContractTerms) -> None:
    document.heading("8  Law and disputes", "法律适用与争议解决")
    _clause(document, terms.law.en, terms.law.zh)
    _clause(document, terms.disputes.en, terms.disputes.zh)
    document.heading("9  Form", "合同形式")
    _clause(
        document,
        "Supplier and purchaser sign the exact bytes of this document, named by their SHA-256. "
        "The hub then adds a sheet with both signatures and seals the whole; any later change "
        "breaks the seal. Whoever holds a copy can check it at the address on the first page. "
        "Where the two languages differ, the English text prevails.",
        "供需双方以 SHA-256 摘要为标识，对本文件的全部字节进行签署。随后中介方附加双方签署页并对"
        "整个文件加盖电子印章；此后的任何改动都会使印章失效。任何持有副本者均可在首页所载网址核验。"
        "两种文字如有歧义，以英文为准。",
    )


def _attributes(document: Document, terms: ContractTerms) -> None:
    if not terms.attributes:
        return
    document.heading("Annex  Attributes of the goods", "附件  货物特性", keep=70)
    rows = [(cell(en), cell(zh), cell(value)) for en, zh, value in terms.attributes]
    heads = _heads(("Attribute", ""), ("特性", ""), ("Value", "数值"))
    document.table((Column(1.1), Column(1), Column(1.6)), rows, head=heads, padding=3)
