"""The hub's places and what lies in them: depots, bins, lots, and the ledger of stock moves.

Owns depot, bin, lot, stock_move, bin_stock, reservation. A quantity on hand is a sum of moves.
Lots go quarantine -> available -> shipped, or blocked; reservations hard -> picked -> shipped,
or released. Publishes nothing: ``hub.dispatch`` tells the story of the goods.
"""
