"""The demo's market: invented companies in real regions, with prices a trader would believe."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class DemoRegion:
    name: str
    name_zh: str
    latitude: str
    longitude: str


REGIONS = (
    DemoRegion("Maharashtra", "马哈拉施特拉邦", "19.75", "75.71"),
    DemoRegion("NCT of Delhi", "德里国家首都辖区", "28.70", "77.10"),
    DemoRegion("West Bengal", "西孟加拉邦", "22.99", "87.85"),
    DemoRegion("Tamil Nadu", "泰米尔纳德邦", "11.13", "78.66"),
    DemoRegion("Gujarat", "古吉拉特邦", "22.26", "71.19"),
    DemoRegion("Punjab", "旁遮普邦", "31.15", "75.34"),
    DemoRegion("Madhya Pradesh", "中央邦", "22.97", "78.66"),
    DemoRegion("Telangana", "特伦甘纳邦", "18.11", "79.02"),
)


@dataclass(frozen=True)
class DemoCommodity:
    """``price`` is the usual ask in INR a decitonne; ``grades`` are the choices of the grade."""

    code: str
    name: str
    name_zh: str
    group: str
    hs_code: str
    price: int
    grades: tuple[str, ...]


GROUPS = {
    "vegetables": ("Vegetables", "蔬菜"),
    "cereals": ("Cereals", "谷物"),
    "industrial": ("Oilseeds and fibres", "油料与纤维"),
}

COMMODITIES = (
    DemoCommodity("onion", "Onion", "洋葱", "vegetables", "070310", 1900, ("FAQ", "A", "B")),
    DemoCommodity("potato", "Potato", "马铃薯", "vegetables", "070190", 1350, ("FAQ", "A", "B")),
    DemoCommodity("tomato", "Tomato", "番茄", "vegetables", "070200", 2400, ("FAQ", "A", "B")),
    DemoCommodity("wheat", "Wheat", "小麦", "cereals", "100199", 2350, ("FAQ", "Sharbati")),
    DemoCommodity("rice", "Rice", "大米", "cereals", "100630", 3900, ("FAQ", "Basmati")),
    DemoCommodity("maize", "Maize", "玉米", "cereals", "100590", 2050, ("FAQ", "A")),
    DemoCommodity("cotton", "Cotton", "棉花", "industrial", "520100", 6900, ("FAQ", "Long staple")),
    DemoCommodity("soybean", "Soybean", "大豆", "industrial", "120190", 4400, ("FAQ", "A")),
)


@dataclass(frozen=True)
class DemoCompany:
    """``sells`` and ``buys`` are commodity codes. ``person`` owns the company's account."""

    name: str
    city: str
    street: str
    postcode: str
    region: str
    person: str
    email: str
    sells: tuple[str, ...] = ()
    buys: tuple[str, ...] = ()


COMPANIES = (
    DemoCompany(
        "Nashik Growers Cooperative Ltd.",
        "Nashik",
        "14 Market Yard",
        "422003",
        "Maharashtra",
        "Asha Kulkarni",
        "asha@nashik-growers.example",
        sells=("onion", "tomato", "soybean"),
    ),
    DemoCompany(
        "Yamuna Fresh Foods Pvt. Ltd.",
        "Delhi",
        "88 Azadpur Road",
        "110033",
        "NCT of Delhi",
        "Rohan Mehta",
        "rohan@yamuna-fresh.example",
        buys=("onion", "potato", "tomato"),
    ),
    DemoCompany(
        "Malwa Grain Producers Ltd.",
        "Indore",
        "5 Chhawni Mandi",
        "452001",
        "Madhya Pradesh",
        "Neha Solanki",
        "neha@malwa-grain.example",
        sells=("wheat", "soybean", "maize"),
    ),
    DemoCompany(
        "Doaba Potato Farmers Union",
        "Jalandhar",
        "2 Canal Road",
        "144001",
        "Punjab",
        "Gurpreet Gill",
        "gurpreet@doaba-potato.example",
        sells=("potato", "wheat", "rice"),
    ),
    DemoCompany(
        "Kathiawar Cotton Ginners Ltd.",
        "Rajkot",
        "31 Gondal Road",
        "360002",
        "Gujarat",
        "Jignesh Patel",
        "jignesh@kathiawar-cotton.example",
        sells=("cotton", "onion"),
    ),
    DemoCompany(
        "Hooghly Kitchens and Catering Pvt. Ltd.",
        "Kolkata",
        "9 Strand Road",
        "700001",
        "West Bengal",
        "Ananya Sen",
        "ananya@hooghly-kitchens.example",
        buys=("onion", "potato", "rice"),
    ),
    DemoCompany(
        "Kaveri Mills Ltd.",
        "Coimbatore",
        "120 Avinashi Road",
        "641018",
        "Tamil Nadu",
        "Karthik Subramanian",
        "karthik@kaveri-mills.example",
        buys=("cotton", "maize"),
    ),
    DemoCompany(
        "Deccan Poultry Feeds Pvt. Ltd.",
        "Hyderabad",
        "44 Bowenpally",
        "500011",
        "Telangana",
        "Farah Siddiqui",
        "farah@deccan-feeds.example",
        buys=("maize", "soybean"),
    ),
    DemoCompany(
        "Satpura Agro Traders",
        "Jabalpur",
        "17 Napier Town",
        "482001",
        "Madhya Pradesh",
        "Vikram Tiwari",
        "vikram@satpura-agro.example",
        sells=("maize", "wheat"),
        buys=("rice",),
    ),
    DemoCompany(
        "Godavari Rice Growers Society",
        "Nizamabad",
        "6 Station Road",
        "503001",
        "Telangana",
        "Lakshmi Reddy",
        "lakshmi@godavari-rice.example",
        sells=("rice", "tomato"),
    ),
    DemoCompany(
        "Capital Flour and Bakery Ltd.",
        "Delhi",
        "3 Lawrence Road",
        "110035",
        "NCT of Delhi",
        "Simran Kaur",
        "simran@capital-flour.example",
        buys=("wheat", "maize", "soybean"),
    ),
    DemoCompany(
        "Konkan Foods Export House",
        "Mumbai",
        "71 Reay Road",
        "400010",
        "Maharashtra",
        "Imran Shaikh",
        "imran@konkan-foods.example",
        buys=("rice", "onion", "potato", "tomato"),
    ),
)

WAITING_COMPANY = DemoCompany(
    "Bundelkhand Pulses Collective",
    "Sagar",
    "8 Katra Bazar",
    "470002",
    "Madhya Pradesh",
    "Meera Yadav",
    "meera@bundelkhand-pulses.example",
    sells=("soybean",),
)


@dataclass(frozen=True)
class DemoDepot:
    """``capacity`` is in tonnes."""

    code: str
    name: str
    region: str
    latitude: str
    longitude: str
    capacity: int


DEPOTS = (
    DemoDepot("DEL", "Delhi Regional Depot", "NCT of Delhi", "28.70", "77.10", 2400),
    DemoDepot("MUM", "Mumbai Regional Depot", "Maharashtra", "19.08", "72.88", 3000),
    DemoDepot("KOL", "Kolkata Regional Depot", "West Bengal", "22.57", "88.36", 1800),
    DemoDepot("HYD", "Hyderabad Regional Depot", "Telangana", "17.39", "78.49", 2000),
)


@dataclass(frozen=True)
class DemoPerson:
    """Someone of the hub's staff; ``roles`` are values of StaffRole."""

    name: str
    email: str
    label: str
    roles: tuple[str, ...]


STAFF = (
    DemoPerson("Vera Fernandes", "verifier@hub.example", "Verifier", ("verifier",)),
    DemoPerson("Bilal Ansari", "broker@hub.example", "Broker", ("broker",)),
    DemoPerson("Farida Khan", "finance1@hub.example", "Finance clerk", ("finance",)),
    DemoPerson("Firoz Daruwala", "finance2@hub.example", "Second finance clerk", ("finance",)),
    DemoPerson("Dinesh Pawar", "depot@hub.example", "Depot operator", ("depot",)),
    DemoPerson("Ishaan Bose", "ads@hub.example", "Advertising clerk", ("advertising",)),
    DemoPerson("Aditi Rao", "admin@hub.example", "Administrator", ("administrator",)),
)

SUPPLIER_LABEL = "Supplier"
PURCHASER_LABEL = "Purchaser"
PASSWORD = "orchard-lantern-42"  # noqa: S105 - of people who exist in the demo only

HUB = {
    "hub_name": "Mandi Union Trading Hub",
    "legal_name": "Mandi Union Trading Hub Cooperative Ltd.",
    "legal_name_zh": "曼迪联合交易中心合作社有限公司",
    "registration_number": "MH/COOP/2019/004417",
    "vat_id": "",
    "address": "12 Horniman Circle\n400001 Mumbai\nMaharashtra",
    "country": "IN",
    "contact_email": "office@hub.example",
    "time_zone": "Asia/Kolkata",
    "rules_version": "3",
    "rules_text": (
        "Only companies that the hub has verified may trade. The hub checks who they are, looks "
        "at their papers and repeats the check when something changes.\n\n"
        "A listing is an invitation, not an offer: nobody is bound before both companies have "
        "consented to a proposal and signed the contract. Until both have consented, neither "
        "learns who the other is.\n\n"
        "The purchaser pays into the account that the hub designates. The hub holds the money "
        "for the trade and pays the supplier when the purchaser has accepted the goods, or when "
        "the time for acceptance has passed without an answer.\n\n"
        "What was rejected at the depot, missing or never delivered is refunded. If the "
        "purchaser refuses goods, a broker looks at the reasons of both sides and decides.\n\n"
        "Changes of these rules are announced at least seven days before they take effect."
    ),
}

FREIGHT_RATE = Decimal("0.30")
CURRENCY = "INR"
