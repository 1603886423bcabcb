"""Facts about contracts."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ContractIssued:
    """The bytes are frozen and wait for two signatures."""

    contract_id: int


@dataclass(frozen=True)
class ContractSignedBySide:
    contract_id: int
    side: str


@dataclass(frozen=True)
class ContractSigned:
    """Both sides signed, the hub sealed it, the invoice is open."""

    contract_id: int


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
