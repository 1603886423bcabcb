"""The company's own pages: data, papers, bank account, people, verification, blocks."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template

from hub.accounts import queries, services
from hub.accounts.failures import TooManyAttempts
from hub.accounts.forms import (
    BankAccountForm,
    BlockForm,
    InviteForm,
    PaperForm,
    ProfileForm,
    RoleForm,
    VersionForm,
)
from hub.accounts.views.joining import region_choices, typed_bank_details, typed_profile
from hub.core.actor import CompanyRole
from hub.core.errors import Invalid, NotAllowed
from hub.core.i18n import _
from hub.core.web.actor import current_actor, signed_in
from hub.core.web.answers import answer, download
from hub.core.web.requests import limiter

blueprint = Blueprint("company", __name__, url_prefix="/company")


def _page(**forms: Any) -> str:
    actor = current_actor()
    company = queries.own_company(actor)
    is_owner = actor.company_role is CompanyRole.OWNER
    return render_template(
        "accounts/company.html",
        company=company,
        may_read_papers=queries.may_read_papers(actor, company.id),
        may_trade=actor.trades_for(company.id),
        is_owner=is_owner,
        papers=queries.papers(actor, company.id),
        accounts=queries.current_bank_accounts(company.id),
        people=queries.colleagues(actor),
        invitations=queries.open_invitations(actor) if is_owner else [],
        blocked=queries.blocked_by(company.id),
        paper_form=forms.get("paper_form") or PaperForm(formdata=None),
        invite_form=forms.get("invite_form") or InviteForm(formdata=None),
        block_form=forms.get("block_form") or BlockForm(formdata=None),
    )


@blueprint.get("")
@signed_in
def show() -> Any:
    return _page()


@blueprint.route("/edit", methods=["GET", "POST"])
@signed_in
def edit() -> Any:
    company = services.require_owner(current_actor())
    form = ProfileForm(obj=company)
    form.offer(region_choices())

    def page() -> str:
        return render_template("accounts/company_edit.html", form=form, company=company)

    if not form.is_submitted():
        form.region.data = company.region_id
        return page()
    return answer(
        form,
        lambda: services.change_profile(current_actor(), typed_profile(form), form.version.data),
        lambda anew: (
            _("Saved. The hub verifies the company anew before it can trade.")
            if anew
            else _("The company's data are saved.")
        ),
        "/company",
        page,
    )


@blueprint.route("/bank-account", methods=["GET", "POST"])
@signed_in
@limiter.limit("20 per minute", methods=["POST"])
def bank_account() -> Any:
    company = services.require_money_role(current_actor())
    form = BankAccountForm()
    form.offer_banks()

    def page() -> str:
        return render_template("accounts/bank_account.html", form=form, company=company)

    if not form.is_submitted():
        form.holder.data = company.legal_name[:140]
        form.bank_country.data = company.country
        return page()
    return answer(
        form,
        lambda: services.change_bank_account(
            current_actor(), typed_bank_details(form), form.password.data
        ),
        _("Saved. The hub checks the account before money goes there."),
        "/company",
        page,
        refusals=(Invalid, TooManyAttempts),
        own_status=True,
    )


@blueprint.post("/papers")
@signed_in
def add_paper() -> Any:
    form = PaperForm()

    def act() -> None:
        upload = form.file.data
        services.add_paper(current_actor(), form.title.data, upload.filename or "", upload.read())

    return answer(
        form,
        act,
        _("“%(title)s” is added.", title=form.title.data),
        "/company#papers",
        lambda: _page(paper_form=form),
    )


@blueprint.get("/papers/<public_id>")
@signed_in
def paper(public_id: str) -> Any:
    found = queries.paper(current_actor(), public_id)
    return download(found.file.read(), found.file.media_type, found.file.file_name)


@blueprint.post("/papers/<public_id>/remove")
@signed_in
def remove_paper(public_id: str) -> Any:
    services.remove_paper(current_actor(), public_id)
    flash(_("The paper is removed."), "good")
    return redirect("/company#papers")


@blueprint.post("/submit")
@signed_in
def submit() -> Any:
    form = VersionForm()
    if not form.validate():
        raise Invalid(_("The form is damaged; open the page afresh."))
    try:
        services.submit_for_verification(current_actor(), form.version.data)
    except Invalid as error:
        flash(error.message, "bad")
        return _page(), 422
    flash(_("Submitted. The hub answers by mail and notice; nothing to do until then."), "good")
    return redirect("/company")


@blueprint.post("/people/invite")
@signed_in
@limiter.limit("60 per hour")
def invite() -> Any:
    services.require_owner(current_actor())
    form = InviteForm()
    return answer(
        form,
        lambda: services.invite(current_actor(), form.email.data, CompanyRole(form.role.data)),
        _("An invitation is on its way to %(email)s.", email=form.email.data),
        "/company#people",
        lambda: _page(invite_form=form),
        refusals=(Invalid, NotAllowed),
    )


@blueprint.post("/people/invitations/<public_id>/withdraw")
@signed_in
def withdraw_invitation(public_id: str) -> Any:
    services.withdraw_invitation(current_actor(), public_id)
    flash(_("The invitation is withdrawn; its link doesn't work any more."), "good")
    return redirect("/company#people")


@blueprint.post("/people/<public_id>/role")
@signed_in
def change_role(public_id: str) -> Any:
    form = RoleForm()
    if not form.validate():
        raise Invalid(_("Choose a role from the list."))
    user = services.change_role(
        current_actor(), public_id, CompanyRole(form.role.data), form.version.data
    )
    flash(_("The role of %(name)s is changed.", name=user.name), "good")
    return redirect("/company#people")


@blueprint.post("/people/<public_id>/remove")
@signed_in
def remove_colleague(public_id: str) -> Any:
    user = services.remove_colleague(current_actor(), public_id)
    flash(_("%(name)s is removed and signed out everywhere.", name=user.name), "good")
    return redirect("/company#people")


@blueprint.post("/blocks")
@signed_in
def block() -> Any:
    form = BlockForm()
    return answer(
        form,
        lambda: services.block_company(current_actor(), form.alias.data),
        _("Blocked: you will not be matched with this company."),
        "/company#blocks",
        lambda: _page(block_form=form),
    )


@blueprint.post("/blocks/<alias>/lift")
@signed_in
def unblock(alias: str) -> Any:
    services.unblock_company(current_actor(), alias)
    flash(_("The block is lifted."), "good")
    return redirect("/company#blocks")
