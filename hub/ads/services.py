"""What advertising does for the pages above it: sponsored results and the links that count."""

from hub.ads.ranking.clicks import click_token
from hub.ads.ranking.page_auction import SponsoredPlace, sponsored
from hub.ads.ranking.targeting import aim

__all__ = [
    "SponsoredPlace",
    "aim",
    "click_token",
    "sponsored",
]
