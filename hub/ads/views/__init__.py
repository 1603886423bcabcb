"""The pages of advertising: campaigns, clicks, places, bookings, the staff's desk, ranking."""

from flask import Flask

from hub.ads.views import (
    bookings,
    campaign_steps,
    campaigns,
    clicks,
    desk,
    places,
    ranking,
    serving,
)


def init_app(app: Flask) -> None:
    """Register the blueprints."""
    for pages in (bookings, campaign_steps, campaigns, clicks, desk, places, ranking):
        app.register_blueprint(pages.blueprint)
    serving.init_app(app)
