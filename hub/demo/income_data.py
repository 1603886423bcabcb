"""What the demo's hub sells: plans, prices, places, and who has what."""

from dataclasses import dataclass, field
from decimal import Decimal

from hub.ads.display.models import AdKind, AdPage, Pricing
from hub.membership.models.plans import BillingInterval


@dataclass(frozen=True)
class DemoPlan:
    """A plan; ``prices`` are main units by interval, entitlements are by code (None: no limit)."""

    code: str
    name: str
    name_zh: str
    description: str
    badge: str = ""
    trial_days: int = 0
    prices: dict[BillingInterval, int] = field(default_factory=dict)
    entitlements: dict[str, Decimal | None] = field(default_factory=dict)


def _numbers(listings: int | None, pictures: int, users: int | None, inquiries: int | None,
             proposals: int | None) -> dict[str, Decimal | None]:  # fmt: skip
    given = {
        "open_listings": listings,
        "pictures": pictures,
        "users": users,
        "inquiries_included": inquiries,
        "own_proposals": proposals,
    }
    return {code: None if value is None else Decimal(value) for code, value in given.items()}


PLANS = (
    DemoPlan(
        "basic",
        "Basic",
        "基础版",
        "For companies that trade now and then.",
        prices={BillingInterval.YEAR: 0},
        entitlements=_numbers(25, 2, 3, 0, 5),
    ),
    DemoPlan(
        "trade",
        "Trade",
        "贸易版",
        "For companies that buy or sell every week.",
        badge="Trade",
        trial_days=14,
        prices={
            BillingInterval.MONTH: 2400,
            BillingInterval.QUARTER: 6600,
            BillingInterval.YEAR: 24000,
        },
        entitlements=_numbers(80, 6, 8, 10, 40)
        | {"commission_rate": Decimal("0.009"), "natural_position": Decimal(1)},
    ),
    DemoPlan(
        "premier",
        "Premier",
        "尊享版",
        "For companies that live on the market.",
        badge="Premier",
        prices={BillingInterval.QUARTER: 16500, BillingInterval.YEAR: 60000},
        entitlements=_numbers(None, 8, None, 60, None)
        | {"commission_rate": Decimal("0.0075"), "natural_position": Decimal(2)},
    ),
)


@dataclass(frozen=True)
class DemoMember:
    """A company (its position), its plan, and how many days ago it subscribed."""

    company: int
    plan: str
    interval: BillingInterval
    ago: int
    coupon: str = ""
    trial: bool = False


COUPON = "HARVEST20"
MEMBERS = (
    DemoMember(0, "trade", BillingInterval.YEAR, 37, COUPON),
    DemoMember(3, "premier", BillingInterval.QUARTER, 36),
    DemoMember(4, "trade", BillingInterval.QUARTER, 33),
    # Paid for a month that is over: the renewal waits for payment.
    DemoMember(8, "trade", BillingInterval.MONTH, 35),
    DemoMember(11, "premier", BillingInterval.YEAR, 30),
    DemoMember(1, "trade", BillingInterval.MONTH, 6, trial=True),
    # Has chosen a plan and not paid yet.
    DemoMember(9, "trade", BillingInterval.QUARTER, 2),
)

#: Transfers into members' accounts: company, days ago, main units.
TOP_UPS = ((0, 29, 12000), (3, 29, 15000), (4, 21, 4000), (11, 14, 9000))

INQUIRY_PRICES = {"vegetables": 120, "cereals": 150, "cotton": 250}


@dataclass(frozen=True)
class DemoPlace:
    """``price`` is in main units, a day or a thousand views."""

    page: AdPage
    kind: AdKind
    width: int | None
    height: int | None
    pricing: Pricing
    price: int
    capacity: int


PLACES = (
    DemoPlace(AdPage.MARKET, AdKind.BANNER, 970, 120, Pricing.DAY, 450, 3),
    DemoPlace(AdPage.COMMODITY, AdKind.BANNER, 970, 120, Pricing.THOUSAND_VIEWS, 90, 3),
    DemoPlace(AdPage.LISTING, AdKind.TEXT, None, None, Pricing.DAY, 120, 4),
    DemoPlace(AdPage.FRONT, AdKind.FLOATING, 300, 250, Pricing.DAY, 600, 1),
    DemoPlace(AdPage.FRONT, AdKind.POPUP, 600, 400, Pricing.DAY, 900, 1),
)


@dataclass(frozen=True)
class DemoCampaign:
    """A company's bid for its newest open listing of a commodity; amounts in main units."""

    company: int
    commodity: str
    name: str
    keyword: str
    bid: str
    daily: int
    total: int
    approved: bool = True


CAMPAIGNS = (
    DemoCampaign(0, "onion", "Onions from Nashik", "onion", "12.50", 250, 3000),
    DemoCampaign(4, "onion", "Kathiawar onions", "onion", "9.00", 150, 1500),
    DemoCampaign(3, "potato", "Doaba potatoes", "potato", "15.00", 400, 8000),
    DemoCampaign(11, "onion", "We buy onions", "onion", "8.00", 200, 2000, approved=False),
)
