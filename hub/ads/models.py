"""All tables of advertising, gathered here for whoever reads them."""

from hub.ads.campaign_models import (
    Auction,
    Campaign,
    CampaignDay,
    CampaignState,
    CampaignTarget,
    Click,
    Impression,
    Surface,
)
from hub.ads.display_models import AdPlace, Booking, Creative, HouseAd

__all__ = [
    "AdPlace",
    "Booking",
    "Creative",
    "HouseAd",
    "Auction",
    "Campaign",
    "CampaignDay",
    "CampaignState",
    "CampaignTarget",
    "Click",
    "Impression",
    "Surface",
]
