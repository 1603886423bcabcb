"""The deal that binds step 2 to steps 3 and 4: frozen terms, the PDF, its signatures.

Owns contract, contract_counter and signature. A contract goes issued -> partly_signed -> signed ->
effective (paid) -> performing -> completed, or voided before the second signature, defaulted
when it isn't paid in time, terminated by a broker. Signing opens the invoice.
Publishes ContractEffective and ContractEnded.
"""
