"""What the hub keeps of a trade: rules, and the one that holds for a company and a commodity."""
