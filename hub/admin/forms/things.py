"""Forms of accounts, rates, commodities, places and people."""

from collections.abc import Sequence
from typing import Any

from wtforms import (
    BooleanField,
    FieldList,
    Form,
    FormField,
    SelectChoice,
    SelectField,
    StringField,
)
from wtforms.validators import DataRequired, Length, Optional

from hub.admin.forms.fields import (
    NOTHING,
    countries,
    currencies,
    needed,
    needed_number,
    unit_choices,
)
from hub.catalogue.models import AttributeKind, Commodity, Region, Unit
from hub.catalogue.services import PICTURES, AttributeSpec, CommoditySpec
from hub.core.actor import StaffRole
from hub.core.i18n import _l, localised
from hub.core.numbers import QUANTITY_PLACES, RATE_PLACES
from hub.core.web.forms import DecimalField, PageForm, VersionField
from hub.depots.models import BinUse, Depot
from hub.payments.ledger.models import AccountUse

ROLE_WORDS = {
    StaffRole.BROKER: _l("Broker"),
    StaffRole.FINANCE: _l("Finance clerk"),
    StaffRole.DEPOT: _l("Depot operator"),
    StaffRole.VERIFIER: _l("Verifier"),
    StaffRole.ADVERTISING: _l("Advertising"),
    StaffRole.ADMINISTRATOR: _l("Administrator"),
}
USE_WORDS = {
    AccountUse.CLIENT: _l("Clients' money: purchasers pay into it"),
    AccountUse.OWN: _l("The hub's own money: its fees go there"),
}
BIN_WORDS = {
    BinUse.RECEIVING: _l("Receiving"),
    BinUse.STORAGE: _l("Storage"),
    BinUse.QUARANTINE: _l("Quarantine"),
    BinUse.OUTBOUND: _l("Outbound"),
}


class AccountForm(PageForm):
    """A bank account of the hub's."""

    use = SelectField(
        _l("For"), choices=[SelectChoice(use.value, word) for use, word in USE_WORDS.items()]
    )
    currency = SelectField(_l("Currency"))
    holder = StringField(_l("Account holder"), [needed])
    bank_name = StringField(_l("Name of the bank"), [needed])
    bank_country = SelectField(_l("Country of the bank"))
    iban = StringField(
        _l("IBAN"),
        [Optional()],
        description=_l("Where banks use IBANs; leave the next two fields empty then."),
    )
    clearing_code = StringField(
        _l("Clearing code"),
        [Optional()],
        description=_l("India: IFSC. China: CNAPS. United States: ABA number."),
    )
    account_number = StringField(_l("Account number"), [Optional()])
    bic = StringField(_l("BIC"), [Optional()])
    confirmed = BooleanField(
        _l("I have checked these details against the bank's own papers."),
        [DataRequired(_l("Check the details and confirm."))],
    )

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.currency.choices = currencies()
        self.bank_country.choices = countries()


class FreightForm(PageForm):
    """What carrying a unit over a kilometre costs."""

    currency = SelectField(_l("Currency"))
    unit = SelectField(_l("Unit"))
    rate = DecimalField(
        _l("Rate a unit and kilometre"),
        [needed_number],
        RATE_PLACES,
        positive=False,
        description=_l("Proposals already asked and contracts keep the freight they showed."),
    )

    def offer(self, units: Sequence[Unit]) -> None:
        """Fill the lists."""
        self.currency.choices = currencies()
        self.unit.choices = unit_choices(units)


class AttributeForm(Form):
    """One attribute of a commodity; empty rows are left out."""

    code = StringField(_l("Code"), [Optional()])
    name = StringField(_l("Name"), [Optional()])
    name_zh = StringField(_l("Name in Chinese"), [Optional()])
    kind = SelectField(
        _l("Kind"),
        choices=[
            SelectChoice(AttributeKind.TEXT.value, _l("text")),
            SelectChoice(AttributeKind.CHOICE.value, _l("one of several")),
            SelectChoice(AttributeKind.NUMBER.value, _l("number")),
        ],
    )
    choices = StringField(_l("Choices, with | between them"), [Optional()])
    required = BooleanField(_l("Listings must state it"))

    def spec(self) -> AttributeSpec:
        """The attribute described."""
        return AttributeSpec(
            code=(self.code.data or "").strip(),
            name=(self.name.data or "").strip(),
            name_zh=(self.name_zh.data or "").strip(),
            kind=AttributeKind(self.kind.data),
            choices=tuple(
                each.strip() for each in (self.choices.data or "").split("|") if each.strip()
            ),
            required=bool(self.required.data),
        )


class CommodityForm(PageForm):
    """A commodity with its attributes."""

    version = VersionField()
    code = StringField(_l("Code"), [needed], description=_l("Such as red-onion; in addresses."))
    name = StringField(_l("Name"), [needed])
    name_zh = StringField(_l("Name in Chinese"), [Optional()])
    parent = SelectField(_l("Group"))
    hs_code = StringField(_l("HS code"), [Optional()], description=_l("6 digits"))
    unit = SelectField(
        _l("Unit"), description=_l("Listings are counted in it; it can't change later.")
    )
    picture = SelectField(_l("Picture"), choices=[SelectChoice(name) for name in PICTURES])
    active = BooleanField(_l("New listings may be posted"), default=True)
    attributes = FieldList(FormField(AttributeForm), label=_l("Attributes"))

    def offer(self, commodities: Sequence[Commodity], units: Sequence[Unit], language: str) -> None:
        """Fill the lists."""
        groups = [
            SelectChoice(each.code, localised(each.names, each.name, language))
            for each in commodities
            if each.code != self.code.data
        ]
        self.parent.choices = [NOTHING, *groups]
        self.unit.choices = unit_choices(units)

    def spec(self) -> CommoditySpec:
        """The commodity described; rows of attributes without a code are left out."""
        rows = [row.form.spec() for row in self.attributes]
        return CommoditySpec(
            code=(self.code.data or "").strip(),
            name=(self.name.data or "").strip(),
            name_zh=(self.name_zh.data or "").strip(),
            parent=self.parent.data or "",
            hs_code=(self.hs_code.data or "").strip(),
            unit=self.unit.data or "",
            picture=self.picture.data or "generic",
            active=bool(self.active.data),
            attributes=tuple(row for row in rows if row.code or row.name),
        )


def _degrees(label: Any, **options: Any) -> DecimalField:
    return DecimalField(label, [needed_number], 6, signed=True, **options)


class RegionForm(PageForm):
    """A place and its point."""

    version = VersionField()
    name = StringField(_l("Name"), [needed])
    name_zh = StringField(_l("Name in Chinese"), [Optional()])
    country = SelectField(_l("Country"))
    latitude = _degrees(_l("Latitude"), description=_l("degrees; south is below 0"))
    longitude = _degrees(_l("Longitude"), description=_l("degrees; west is below 0"))

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.country.choices = [NOTHING, *countries()]


class DepotForm(PageForm):
    """A depot."""

    version = VersionField()
    code = StringField(_l("Code"), [needed], description=_l("Such as MUM; on every label."))
    name = StringField(_l("Name"), [needed])
    region = SelectField(_l("Region"))
    street = StringField(_l("Street and place"), [Optional()])
    latitude = _degrees(_l("Latitude"))
    longitude = _degrees(_l("Longitude"))
    capacity = DecimalField(
        _l("Capacity"),
        [needed_number],
        QUANTITY_PLACES,
        positive=False,
        description=_l("tonnes"),
    )
    active = BooleanField(_l("New goods may come here"), default=True)

    def offer(self, regions: Sequence[Region], language: str) -> None:
        """Fill the list of regions."""
        self.region.choices = [
            SelectChoice(each.public_id, localised(each.names, each.name, language))
            for each in regions
        ]


class BinForm(PageForm):
    """One more bin of a depot."""

    code = StringField(_l("Code of the bin"), [needed, Length(max=20)])
    use = SelectField(
        _l("Use"), choices=[SelectChoice(use.value, word) for use, word in BIN_WORDS.items()]
    )


class StaffForm(PageForm):
    """A person of the hub with a first role."""

    name = StringField(_l("Name"), [needed, Length(max=120)])
    email = StringField(_l("E-mail address"), [needed, Length(max=254)])
    role = SelectField(
        _l("Role"), choices=[SelectChoice(role.value, word) for role, word in ROLE_WORDS.items()]
    )
    depot = SelectField(_l("Depot"), description=_l("For depot operators only"))

    def offer(self, depots: Sequence[Depot]) -> None:
        """Fill the list of depots."""
        self.depot.choices = [
            NOTHING,
            *(SelectChoice(str(each.id), each.name) for each in depots),
        ]

    def assignment(self) -> tuple[StaffRole, int | None]:
        """The role chosen, with the depot."""
        return StaffRole(self.role.data), int(self.depot.data) if self.depot.data else None


class RoleForm(StaffForm):
    """One more role for somebody."""

    name = None
    email = None


class ReasonForm(PageForm):
    """Why something is done to somebody."""

    reason = StringField(_l("Reason"), [needed, Length(max=500)])
