"""The pages of partners: the link that leads here, the partner's own, and the staff's."""

from flask import Flask

from hub.affiliates.views import link, member, staff


def init_app(app: Flask) -> None:
    """Register the pages."""
    for module in (link, member, staff):
        app.register_blueprint(module.blueprint)
