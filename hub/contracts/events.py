"""Facts about contracts."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ContractEffective:
    """The invoice is paid: the goods may move."""

    contract_id: int


@dataclass(frozen=True)
class ContractEnded:
    """Completed, voided, defaulted or terminated."""

    contract_id: int
    outcome: str
    reason: str
