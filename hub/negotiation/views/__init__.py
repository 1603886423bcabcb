"""The pages of inquiries: a company's own, asking, the brokers' desk, the prices."""

from flask import Flask

from hub.negotiation.views import asking, desk, inquiries, prices


def init_app(app: Flask) -> None:
    """Register the blueprints."""
    for blueprint in (
        asking.blueprint,
        desk.blueprint,
        inquiries.blueprint,
        prices.blueprint,
    ):
        app.register_blueprint(blueprint)
