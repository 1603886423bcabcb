"""The pages of matching: the broker's desk, a company's proposals, proposing a trade."""

from flask import Flask

from hub.matching.views import company, desk, propose


def init_app(app: Flask) -> None:
    """Register the blueprints."""
    for blueprint in (company.blueprint, desk.blueprint, propose.blueprint):
        app.register_blueprint(blueprint)
