"""Facts about proposals."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ProposalMade:
    """A trader chose a partner: the broker looks at it first."""

    proposal_id: int


@dataclass(frozen=True)
class ProposalAsked:
    """Both companies are asked to consent."""

    proposal_id: int


@dataclass(frozen=True)
class ProposalConsented:
    """One side consented; the other one is waited for."""

    proposal_id: int
    side: str


@dataclass(frozen=True)
class ProposalAccepted:
    """Both sides consented: the terms are agreed."""

    proposal_id: int


@dataclass(frozen=True)
class ProposalEnded:
    """Declined, expired, superseded or dismissed."""

    proposal_id: int
    outcome: str
    reason: str
