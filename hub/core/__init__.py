"""Everything that every capability needs: money, time, states, transactions, files."""
