"""Partners who bring members to the hub, and the share of its income that they earn for it.

Owns partner (invited -> active <-> stopped), attribution (which company came through whom, and
until when that counts), partner_share (pending -> payable -> paid; offset, taken_back) and
partner_share_return. Answers PartnerCodeGiven; follows CompanyRegistered and the hub's income.
"""
