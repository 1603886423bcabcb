"""The whole trade on one page: which fact leads to which reactions, in this order.

A package announces what happened; only here is said who acts on it. Reactions run in the
transaction of the use case that announced, after its own work.
"""

from collections.abc import Mapping, Sequence

from hub.accounts import events as accounts
from hub.contracts import events as contracts
from hub.contracts import reactions as contract
from hub.core.bus import Reaction
from hub.dispatch import reactions as goods
from hub.market import reactions as search
from hub.matching import events as matching
from hub.matching import reactions as proposals
from hub.messaging import reactions as letters
from hub.payments import events as payments
from hub.payments import reactions as money
from hub.posting import events as posting
from hub.posting import reactions as listings

REACTIONS: Mapping[type, Sequence[Reaction]] = {
    # People and companies
    accounts.EmailConfirmationRequested: [letters.on_email_confirmation_requested],
    accounts.RegistrationRepeated: [letters.on_registration_repeated],
    accounts.StaffCreated: [letters.on_staff_created],
    accounts.PasswordResetRequested: [letters.on_password_reset_requested],
    accounts.PasswordChanged: [letters.on_password_changed],
    accounts.ColleagueInvited: [letters.on_colleague_invited],
    accounts.CompanySubmitted: [letters.on_company_submitted],
    accounts.CompanyReviewed: [listings.on_company_reviewed, letters.on_company_reviewed],
    accounts.CompanySuspended: [listings.on_company_suspended, letters.on_company_suspended],
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
    posting.ListingClosed: [search.on_listing_closed, proposals.on_listing_closed],
    # Step 2: both sides consent, the contract is drawn and signed
    matching.ProposalAccepted: [contract.on_proposal_accepted],
    # Step 3: the money arrives, or doesn't; what is due is paid out
    payments.InvoicePaid: [contract.on_invoice_paid],
    payments.InvoiceLapsed: [contract.on_invoice_lapsed],
    payments.PayoutSettled: [contract.on_payout_settled],
    # Step 4: the goods go through the depot to the purchaser
    contracts.ContractEffective: [goods.on_contract_effective],
    contracts.ContractEnded: [goods.on_contract_ended],
}
