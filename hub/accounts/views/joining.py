"""Registering a company, confirming an address, accepting an invitation."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, session
from wtforms import SelectChoice

from hub.accounts import identifiers, queries, services
from hub.accounts.events import REMEMBERED_CODE
from hub.accounts.forms import BankFields, InvitationForm, ProfileFields, RegistrationForm
from hub.accounts.registration import CompanyProfile
from hub.accounts.views.entrance import GUESSES, MAILS
from hub.catalogue.queries import regions
from hub.core import settings
from hub.core.errors import Invalid
from hub.core.i18n import _
from hub.core.web.answers import add_errors, answer
from hub.core.web.locale import locale
from hub.core.web.requests import limiter

blueprint = Blueprint("joining", __name__)


def region_choices() -> list[SelectChoice]:
    """The regions for a list."""
    return [SelectChoice(str(region.id), region.name) for region in regions()]


def typed_profile(form: ProfileFields) -> CompanyProfile:
    """The profile as it was typed."""
    return CompanyProfile(
        legal_name=form.legal_name.data or "",
        country=form.country.data or "",
        registration_number=form.registration_number.data or "",
        vat_id=form.vat_id.data or "",
        street=form.street.data or "",
        postcode=form.postcode.data or "",
        city=form.city.data or "",
        region_id=form.region.data or 0,
    )


def typed_bank_details(form: BankFields) -> identifiers.BankDetails:
    """The bank account as it was typed (Invalid if it can't be one)."""
    return identifiers.bank_details(
        currency=form.currency.data or "",
        holder=form.holder.data or "",
        bank_name=form.bank_name.data or "",
        country=form.bank_country.data or "",
        iban=form.iban.data or "",
        clearing_code=form.clearing_code.data or "",
        account_number=form.account_number.data or "",
        bic=form.bic.data or "",
    )


@blueprint.route("/register", methods=["GET", "POST"])
@limiter.limit(MAILS, methods=["POST"])
def register() -> Any:
    form = RegistrationForm()
    form.offer(region_choices())
    form.offer_banks()
    if request.method == "GET":
        form.partner_code.data = session.get(REMEMBERED_CODE)
    if form.validate_on_submit():
        try:
            services.register(
                name=form.name.data,
                email=form.email.data,
                password=form.password.data,
                language=locale(),
                profile=typed_profile(form),
                bank=typed_bank_details(form),
                rules_version=form.rules_version.data,
                partner_code=form.partner_code.data or "",
            )
        except Invalid as error:
            add_errors(form, error)
        else:
            session.pop(REMEMBERED_CODE, None)
            return redirect("/register/done")
    form.rules_version.data = settings.current().rules_version
    return render_template("accounts/register.html", form=form), 422 if form.errors else 200


@blueprint.get("/register/done")
def registered() -> Any:
    return render_template("accounts/registered.html")


@blueprint.get("/confirm/<token>")
def confirm(token: str) -> Any:
    return render_template("accounts/confirm.html", token=token)


@blueprint.post("/confirm/<token>")
@limiter.limit(GUESSES)
def confirm_email(token: str) -> Any:
    services.confirm_email(token)
    flash(
        _(
            "Your e-mail address is confirmed. Sign in, add your papers and submit your company "
            "for verification."
        ),
        "good",
    )
    return redirect("/sign-in")


@blueprint.route("/invitations/<token>", methods=["GET", "POST"])
@limiter.limit(GUESSES, methods=["POST"])
def accept_invitation(token: str) -> Any:
    invitation = queries.invitation_of(token)
    form = InvitationForm()

    def page() -> str:
        form.rules_version.data = settings.current().rules_version
        return render_template(
            "accounts/invitation.html", form=form, invitation=invitation, token=token
        )

    if not form.is_submitted():
        return page()
    return answer(
        form,
        lambda: services.accept_invitation(
            token,
            name=form.name.data,
            password=form.password.data,
            language=locale(),
            rules_version=form.rules_version.data,
        ),
        _("Welcome. Sign in with your e-mail address and password."),
        "/sign-in",
        page,
    )
