"""Signing in and out, forgotten passwords, the language, the rules."""

from typing import Any

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, session
from flask_limiter.util import get_remote_address
from flask_login import logout_user

from hub.accounts import queries, services
from hub.accounts.failures import TooManyAttempts
from hub.accounts.forms import EmailForm, NewPasswordForm, SignInForm
from hub.accounts.views.cookie import browser, current_token, enter
from hub.core import settings
from hub.core.errors import Invalid
from hub.core.i18n import _
from hub.core.web.actor import current_actor, signed_in
from hub.core.web.answers import answer, safe_next
from hub.core.web.requests import limiter

blueprint = Blueprint("accounts", __name__)

GUESSES = "20 per minute; 200 per hour"
MAILS = "20 per hour"


@blueprint.route("/sign-in", methods=["GET", "POST"])
@limiter.limit(GUESSES, methods=["POST"])
def sign_in() -> Any:
    if request.method == "GET" and current_actor().signed_in and not current_app.config["HUB_DEMO"]:
        return redirect("/")
    form, status = SignInForm(), 200
    if form.validate_on_submit():
        try:
            token = services.sign_in(
                form.email.data,
                form.password.data,
                browser=browser(),
                address=get_remote_address(),
            )
        except (Invalid, TooManyAttempts) as error:
            form.form_errors.append(error.message)
            status = error.status
        else:
            return enter(token)
    elif form.errors:
        status = 422
    people = queries.demo_people() if current_app.config["HUB_DEMO"] else []
    wanted = request.args.get("next")
    return render_template("accounts/sign_in.html", form=form, people=people, wanted=wanted), status


@blueprint.post("/sign-in/demo")
@limiter.limit("120 per minute")
def sign_in_as_demo_person() -> Any:
    if not current_app.config["HUB_DEMO"]:
        abort(404)
    token = services.sign_in_as_demo_person(
        request.form.get("person", ""), browser=browser(), address=get_remote_address()
    )
    return enter(token)


@blueprint.post("/sign-out")
def sign_out() -> Any:
    if current_actor().signed_in:
        services.sign_out(current_actor(), current_token())
        logout_user()
        flash(_("You are signed out."), "good")
    return redirect("/sign-in")


@blueprint.route("/forgot-password", methods=["GET", "POST"])
@limiter.limit(MAILS, methods=["POST"])
def forgot_password() -> Any:
    form = EmailForm()

    def page() -> str:
        return render_template("accounts/forgot_password.html", form=form)

    if not form.is_submitted():
        return page()
    return answer(
        form,
        lambda: services.request_password_reset(form.email.data),
        _(
            "If %(email)s has an account here, a mail with a link is on its way. The link "
            "works for two hours.",
            email=form.email.data,
        ),
        "/sign-in",
        page,
        refusals=(),
    )


@blueprint.route("/reset-password/<token>", methods=["GET", "POST"])
@limiter.limit(GUESSES, methods=["POST"])
def reset_password(token: str) -> Any:
    form = NewPasswordForm()

    def page() -> str:
        return render_template("accounts/reset_password.html", form=form, token=token)

    if not form.is_submitted():
        return page()
    return answer(
        form,
        lambda: services.reset_password(token, form.password.data),
        _("Your password is changed. Sign in with the new one."),
        "/sign-in",
        page,
    )


@blueprint.post("/language")
def choose_language() -> Any:
    language = request.form.get("language", "")
    if language not in settings.current().languages:
        raise Invalid(_("This language is not offered."))
    session["language"] = language
    if current_actor().signed_in:
        services.choose_language(current_actor(), language)
    return redirect(safe_next("accounts.rules"))


@blueprint.get("/rules")
def rules() -> Any:
    return render_template("accounts/rules.html")


@blueprint.post("/account/sessions/<public_id>/end")
@signed_in
def end_session(public_id: str) -> Any:
    services.revoke_session(current_actor(), public_id)
    flash(_("That browser is signed out."), "good")
    return redirect("/account#sessions")


@blueprint.post("/account/sessions/end-others")
@signed_in
def end_other_sessions() -> Any:
    services.revoke_other_sessions(current_actor(), current_token())
    flash(_("All other browsers are signed out."), "good")
    return redirect("/account#sessions")
