"""Facts about companies and users. Tokens travel only inside the process, to be mailed."""

from dataclasses import dataclass


@dataclass(frozen=True)
class EmailConfirmationRequested:
    user_id: int
    token: str


@dataclass(frozen=True)
class PartnerCodeGiven:
    """A question: may a company register with this code, typed or remembered from a link?

    A guard raises Invalid at the field ``partner_code`` if it stands for nobody.
    """

    code: str


@dataclass(frozen=True)
class CompanyRegistered:
    """A company joined by itself; ``partner_code`` as it was typed, empty if there was none."""

    company_id: int
    partner_code: str


@dataclass(frozen=True)
class RegistrationRepeated:
    """Somebody registered with the address of a user who is there already."""

    user_id: int


@dataclass(frozen=True)
class StaffCreated:
    """A person of the hub may now choose a password."""

    user_id: int
    token: str


@dataclass(frozen=True)
class PasswordResetRequested:
    user_id: int
    token: str


@dataclass(frozen=True)
class PasswordChanged:
    user_id: int


@dataclass(frozen=True)
class SeatWanted:
    """A question: may the company have one more person, or one more open invitation?"""

    company_id: int


@dataclass(frozen=True)
class ColleagueInvited:
    invitation_id: int
    token: str


@dataclass(frozen=True)
class CompanySubmitted:
    company_id: int


@dataclass(frozen=True)
class CompanyReviewed:
    """A verifier decided; ``outcome`` is the state that followed."""

    company_id: int
    outcome: str
    reason: str


@dataclass(frozen=True)
class CompanySuspended:
    company_id: int
    reason: str


@dataclass(frozen=True)
class CompanyReinstated:
    company_id: int
    reason: str


@dataclass(frozen=True)
class BankAccountChanged:
    """The company is to be paid elsewhere; a verifier has to look at it first."""

    company_id: int


@dataclass(frozen=True)
class BankAccountReviewed:
    """A verifier confirmed (``accepted``) or refused the details."""

    company_id: int
    accepted: bool
    reason: str


#: Where a visitor's session keeps the code of the partner whose link led here.
REMEMBERED_CODE = "partner_code"
