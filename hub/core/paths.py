"""Every address that is mailed or linked to from below the views, each named by what its page is.

What a package mails may lie above it, so the addresses stand here, below them all. Tests prove that
each leads to a page, and that none is typed anywhere else.
"""

# The hub, and the way in
HOME = "/"
FORGOT_PASSWORD = "/forgot-password"  # noqa: S105
ADMINISTRATION = "/admin"


def email_confirmation(token: str) -> str:
    """Where somebody who registers confirms the address of their mail."""
    return f"/confirm/{token}"


def password_reset(token: str) -> str:
    """Where somebody chooses a new password."""
    return f"/reset-password/{token}"


def invitation(token: str) -> str:
    """Where somebody follows an invitation into a company or to the staff."""
    return f"/invitations/{token}"


# Companies
COMPANY = "/company"
VERIFICATION = "/verification"


def company_verification(company_public_id: str) -> str:
    """A verifier's page of a company."""
    return f"/verification/{company_public_id}"


# Step 1: listings, and the market they stand in
MARKET = "/market"
LISTINGS = "/listings"
NEW_LISTING = "/listings/new"
LISTING_REVIEW = "/review"


def listing(listing_public_id: str) -> str:
    """A listing as its own company reads it."""
    return f"/listings/{listing_public_id}"


def market_listing(listing_public_id: str) -> str:
    """A listing as the market shows it."""
    return f"/market/listings/{listing_public_id}"


def market_commodity(code: str) -> str:
    """The market of one commodity or group."""
    return f"/market/commodities/{code}"


# Step 2: proposals and inquiries
PROPOSALS = "/proposals"
BROKER_DESK = "/broker"
INQUIRIES = "/inquiries"
CONTESTED_INQUIRIES = "/broker/inquiries"


def proposal(proposal_public_id: str) -> str:
    """Where a company reads and answers a proposal."""
    return f"/proposals/{proposal_public_id}"


def broker_proposal(proposal_public_id: str) -> str:
    """Where a broker reads and changes a proposal."""
    return f"/broker/proposals/{proposal_public_id}"


def broker_desk_of(commodity_code: str) -> str:
    """The broker's desk with the proposals of one commodity."""
    return f"{BROKER_DESK}?commodity={commodity_code}"


def inquiry(inquiry_public_id: str) -> str:
    """An inquiry as both of its companies read it."""
    return f"/inquiries/{inquiry_public_id}"


def contested_inquiry(inquiry_public_id: str) -> str:
    """Where a broker decides on a contested inquiry."""
    return f"/broker/inquiries/{inquiry_public_id}"


# Contracts, and the trades they bind
TRADES = "/trades"


def trade(contract_public_id: str) -> str:
    """The one page of a trade."""
    return f"/trades/{contract_public_id}"


def contract_drawing(proposal_public_id: str) -> str:
    """Where a broker draws the contract of an accepted proposal."""
    return f"/contracts/draw/{proposal_public_id}"


def contract_signing(contract_public_id: str) -> str:
    """Where a company reads and signs its contract."""
    return f"/contracts/{contract_public_id}/sign"


def contract_document(contract_public_id: str) -> str:
    """The contract as it was issued."""
    return f"/contracts/{contract_public_id}/document.pdf"


def sealed_contract(contract_public_id: str) -> str:
    """The contract as it was signed and sealed."""
    return f"/contracts/{contract_public_id}/sealed.pdf"


def contract_check(number: str) -> str:
    """Where anybody checks a copy of the contract with this number."""
    return f"/verify/{number}"


# Step 3: money
INVOICES = "/invoices"
WALLET = "/wallet"
FINANCE_DESK = "/finance"
PAYOUTS = "/finance/payouts"
LEDGER = "/finance/ledger"
INCOME = "/income"


def invoice(invoice_public_id: str) -> str:
    """An invoice as its company reads and pays it."""
    return f"/invoices/{invoice_public_id}"


def payout(payout_public_id: str) -> str:
    """A payout as the finance desk sees it."""
    return f"/finance/payouts/{payout_public_id}"


def bank_exception(line_public_id: str) -> str:
    """Where finance explains a line of a bank statement."""
    return f"/finance/exceptions/{line_public_id}"


# Step 4: depots and deliveries
DEPOT_DESK = "/depot"


def inbound(inbound_public_id: str) -> str:
    """The operator's page of an inbound."""
    return f"/depot/inbounds/{inbound_public_id}"


def release(release_public_id: str) -> str:
    """The operator's page of a release order."""
    return f"/depot/releases/{release_public_id}"


def announcement(inbound_public_id: str) -> str:
    """Where the supplier announces a delivery."""
    return f"/deliveries/{inbound_public_id}/announce"


def acceptance(release_public_id: str) -> str:
    """Where the purchaser answers to a delivery."""
    return f"/deliveries/releases/{release_public_id}/accept"


def refusal(release_public_id: str) -> str:
    """Where a broker decides on a refusal."""
    return f"/broker/refusals/{release_public_id}"


def waybill(release_public_id: str) -> str:
    """The waybill of a release order."""
    return f"/deliveries/releases/{release_public_id}/waybill.pdf"


# Memberships and partners
MEMBERSHIP = "/membership"
MEMBERSHIP_RETURN = "/membership/return"
MEMBERSHIPS = "/admin/memberships"
PLANS_WHAT_IF = "/admin/plans/what-if"
COMMISSION_RULES = "/admin/commission"
PARTNER = "/partner"
PARTNERS = "/admin/partners"


def membership_of_company(subscription_public_id: str) -> str:
    """A membership as the administration sees it."""
    return f"/admin/memberships/{subscription_public_id}"


def partner_at_the_hub(partner_public_id: str) -> str:
    """A partner as the administration sees it."""
    return f"/admin/partners/{partner_public_id}"


def partner_link(code: str) -> str:
    """The address that a partner hands out."""
    return f"/r/{code}"


# Advertising
ADVERTISING = "/advertising"
AD_DESK = "/ad-desk"


def campaign(campaign_public_id: str) -> str:
    """A campaign, for its company and the advertising desk."""
    return f"/advertising/campaigns/{campaign_public_id}"


def ad_booking(booking_public_id: str) -> str:
    """A booked place as its company sees it."""
    return f"/advertising/bookings/{booking_public_id}"


def reviewed_ad_booking(booking_public_id: str) -> str:
    """A booked place as the advertising desk sees it."""
    return f"/ad-desk/bookings/{booking_public_id}"


def sponsored_click(token: str) -> str:
    """A link to a sponsored listing, which counts as a click."""
    return f"/go/{token}"
