"""The whole trade on one page: which fact leads to which reactions, in this order.

A package announces what happened; only here is said who acts on it. Reactions run in the
transaction of the use case that announced, after its own work. Beside them stands what else a
package is told of those above it: who may forbid what it asks, who counts what a plan limits, what
a membership brings.
"""

from collections.abc import Mapping, Sequence

from hub.accounts import events as accounts
from hub.accounts.queries import seats_taken
from hub.ads.display import reactions as bookings
from hub.ads.ranking import reactions as campaigns
from hub.affiliates import guards as partner_guards
from hub.affiliates import reactions as partners
from hub.contracts import events as contracts
from hub.contracts import reactions as contract
from hub.core import bus
from hub.core.bus import Guard, Reaction
from hub.desk import fee_return
from hub.dispatch import reactions as goods
from hub.market import reactions as search
from hub.matching import events as matching
from hub.matching import reactions as proposals
from hub.matching.proposals import own_proposals
from hub.membership import events as membership
from hub.membership import gains as returns
from hub.membership import guards as plan_guards
from hub.membership import reactions as subscriptions
from hub.membership.entitlements import services as entitlements
from hub.messaging import reactions as letters
from hub.negotiation import queries as inquiries
from hub.payments import events as payments
from hub.payments import reactions as money
from hub.posting import events as posting
from hub.posting import plan_limits as standing
from hub.posting import reactions as listings

REACTIONS: Mapping[type, Sequence[Reaction]] = {
    # People and companies
    accounts.CompanyRegistered: [partners.on_company_registered],
    accounts.EmailConfirmationRequested: [letters.on_email_confirmation_requested],
    accounts.RegistrationRepeated: [letters.on_registration_repeated],
    accounts.StaffCreated: [letters.on_staff_created],
    accounts.PasswordResetRequested: [letters.on_password_reset_requested],
    accounts.PasswordChanged: [letters.on_password_changed],
    accounts.ColleagueInvited: [letters.on_colleague_invited],
    accounts.CompanySubmitted: [letters.on_company_submitted],
    accounts.CompanyReviewed: [
        listings.on_company_reviewed,
        bookings.on_company_reviewed,
        letters.on_company_reviewed,
    ],
    accounts.CompanySuspended: [
        listings.on_company_suspended,
        bookings.on_company_suspended,
        letters.on_company_suspended,
    ],
    accounts.CompanyReinstated: [letters.on_company_reinstated],
    accounts.BankAccountChanged: [
        money.on_bank_account_changed,
        letters.on_bank_account_changed,
    ],
    accounts.BankAccountReviewed: [letters.on_bank_account_reviewed],
    # Step 1: listings come to the market and leave it
    posting.ListingOpened: [search.on_listing_opened, proposals.on_listing_opened],
    posting.ListingsImported: [search.on_listings_imported],
    posting.ListingChanged: [search.on_listing_changed, proposals.on_listing_changed],
    posting.ListingReturned: [proposals.on_listing_returned],
    posting.ListingClosed: [
        search.on_listing_closed,
        proposals.on_listing_closed,
        campaigns.on_listing_closed,
    ],
    # Step 2: both sides consent, the contract is drawn and signed
    matching.ProposalAccepted: [contract.on_proposal_accepted],
    # Step 3: the money arrives, or doesn't; what is due is paid out
    payments.InvoiceOpened: [money.on_invoice_opened],
    payments.InvoicePaid: [
        contract.on_invoice_paid,
        subscriptions.on_invoice_paid,
        bookings.on_invoice_paid,
    ],
    payments.InvoiceLapsed: [
        contract.on_invoice_lapsed,
        subscriptions.on_invoice_lapsed,
        bookings.on_invoice_lapsed,
    ],
    payments.PayoutSettled: [contract.on_payout_settled],
    # Step 4: the goods go through the depot to the purchaser
    contracts.ContractEffective: [goods.on_contract_effective],
    contracts.ContractEnded: [goods.on_contract_ended],
    # The hub's own income: rights follow the plan, partners have their share
    membership.EntitlementsChanged: [listings.on_entitlements_changed],
    payments.WalletToppedUp: [subscriptions.on_wallet_topped_up],
    payments.IncomeEarned: [partners.on_income_earned],
    payments.IncomeReturned: [partners.on_income_returned],
}

#: Questions that a package asks before it acts, and who above it may forbid the act.
GUARDS: Mapping[type, Sequence[Guard]] = {
    accounts.SeatWanted: [plan_guards.on_seat_wanted],
    accounts.PartnerCodeGiven: [partner_guards.on_partner_code_given],
}

#: What a plan limits, and who counts how much of it a company uses at present.
USES: Mapping[str, entitlements.Counter] = {
    plan_guards.USERS: seats_taken,
    standing.OPEN_LISTINGS: standing.listings_in_use,
    own_proposals.OWN_PROPOSALS: own_proposals.made_this_month,
    inquiries.INCLUDED: inquiries.opened_this_month,
}


def install() -> None:
    """Let this process follow the tables above."""
    bus.install(REACTIONS, GUARDS)
    entitlements.install(USES)
    returns.install(fee_return.GAINS)
