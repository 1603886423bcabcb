"""The pages of membership: the member's plan, plans to choose from, and the administrator's."""

from flask import Flask

from hub.membership.views import choosing, commission, coupons, memberships, mine, plans


def init_app(app: Flask) -> None:
    """Register the blueprints."""
    for module in (mine, choosing, plans, coupons, memberships, commission):
        app.register_blueprint(module.pages)
