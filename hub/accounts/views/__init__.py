"""The pages of accounts: signing in, one's own account, the company, its verification."""

from flask import Flask

from hub.accounts import passwords, words
from hub.accounts.views import account, company, entrance, joining, verification
from hub.accounts.views.cookie import load_user
from hub.core.web.actor import login_manager


def init_app(app: Flask) -> None:
    """Tell who is signed in, and register the pages."""
    login_manager.user_loader(load_user)
    passwords.set_cost(app.config["HUB_HASH_ITERATIONS"], app.config["HUB_HASH_KIBIBYTES"])
    app.jinja_env.globals.update(role_word=words.role, browser_word=words.browser)
    for module in (entrance, joining, account, company, verification):
        app.register_blueprint(module.blueprint)
