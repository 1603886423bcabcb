"""Facts about proposals."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ProposalAccepted:
    """Both sides consented: the terms are agreed."""

    proposal_id: int
