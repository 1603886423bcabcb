"""One's own account: settings, password, sessions."""

from typing import Any

from flask import Blueprint, render_template

from hub.accounts import passwords, queries, services
from hub.accounts.failures import TooManyAttempts
from hub.accounts.forms import ChangePasswordForm, SettingsForm
from hub.accounts.views.cookie import current_token
from hub.core.errors import Invalid
from hub.core.i18n import _
from hub.core.web.actor import current_actor, signed_in
from hub.core.web.answers import answer
from hub.core.web.requests import limiter

blueprint = Blueprint("account", __name__, url_prefix="/account")


def _settings_form() -> SettingsForm:
    form = SettingsForm(obj=queries.user(current_actor().user_id or 0))
    form.offer()
    return form


def _page(
    settings_form: SettingsForm | None = None,
    password_form: ChangePasswordForm | None = None,
) -> str:
    actor = current_actor()
    return render_template(
        "accounts/account.html",
        settings_form=settings_form or _settings_form(),
        password_form=password_form or ChangePasswordForm(formdata=None),
        sessions=queries.sessions_of(actor),
        present=passwords.hash_token(current_token()),
    )


@blueprint.get("")
@signed_in
def show() -> Any:
    return _page()


@blueprint.post("/settings")
@signed_in
def update_settings() -> Any:
    form = _settings_form()
    return answer(
        form,
        lambda: services.update_settings(
            current_actor(),
            name=form.name.data,
            language=form.language.data,
            zone=form.zone.data,
            expected_version=form.version.data,
        ),
        _("Your settings are saved."),
        "/account",
        lambda: _page(settings_form=form),
    )


@blueprint.post("/password")
@signed_in
@limiter.limit("20 per minute")
def change_password() -> Any:
    form = ChangePasswordForm()
    return answer(
        form,
        lambda: services.change_password(
            current_actor(), form.current.data, form.password.data, current_token()
        ),
        _("Your password is changed. Other browsers are signed out."),
        "/account",
        lambda: _page(password_form=form),
        refusals=(Invalid, TooManyAttempts),
        own_status=True,
    )
