"""Step 4 of a trade: goods come to the depot, go to the purchaser, and are accepted.

Owns inbound, inbound_picture and release_order. An inbound goes expected -> announced -> arrived
-> counted -> accepted / part_accepted / rejected -> put_away; a release order released ->
picking -> picked -> loaded -> departed -> delivered -> accepted / part_accepted / refused /
auto_accepted -> closed. Publishes nothing.
"""
