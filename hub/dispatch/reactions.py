"""What dispatch does when something happens to a contract."""

from hub.contracts.events import ContractEffective, ContractEnded
from hub.contracts.models import ContractState
from hub.core.actor import SYSTEM
from hub.dispatch import services


def on_contract_effective(event: ContractEffective) -> None:
    """The goods are paid: a depot expects them."""
    services.open_inbound(SYSTEM, event.contract_id)


def on_contract_ended(event: ContractEnded) -> None:
    """Terminated, its goods stop and go back; completed, its release order is closed."""
    if event.outcome == ContractState.TERMINATED.value:
        services.cancel_for_contract(SYSTEM, event.contract_id, event.reason)
    elif event.outcome == ContractState.COMPLETED.value:
        services.close_for_contract(SYSTEM, event.contract_id)
