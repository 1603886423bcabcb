"""The verifier's pages, and the administrator's suspension of companies."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request

from hub.accounts import queries, services, words
from hub.accounts.forms import DecisionForm, ReasonForm, VersionForm
from hub.accounts.models import Company, CompanyBankAccount, Verification
from hub.core import audit
from hub.core.actor import StaffRole
from hub.core.errors import Invalid
from hub.core.i18n import _
from hub.core.states import state_label
from hub.core.web.actor import current_actor, staff
from hub.core.web.answers import add_errors, answer

blueprint = Blueprint("verification", __name__, url_prefix="/verification")

_DECISIONS: dict[str, Callable[..., Company]] = {
    "approve": services.approve,
    "more": services.ask_for_more,
    "reject": services.reject,
    "revoke": services.revoke,
}
_SUSPENSIONS: dict[str, Callable[..., Company]] = {
    "suspend": services.suspend,
    "reinstate": services.reinstate,
}


@blueprint.get("")
@staff(StaffRole.VERIFIER, StaffRole.ADMINISTRATOR)
def queue() -> Any:
    text = request.args.get("q", "")[:100]
    return render_template(
        "accounts/verification_queue.html",
        queue=queries.verification_queue(),
        accounts=queries.bank_accounts_to_verify(),
        found=queries.companies(text, limit=50) if text.strip() else None,
        text=text,
    )


def _history(company: Company, accounts: list[CompanyBankAccount]) -> list[SimpleNamespace]:
    things = [(Company.THING, company.id)]
    things += [(CompanyBankAccount.THING, account.id) for account in accounts]
    return [
        SimpleNamespace(
            who=entry.actor_name,
            what=words.action(entry.action),
            when=entry.at,
            before=entry.state_from and state_label(Company.THING, entry.state_from)[0],
            after=entry.state_to and state_label(Company.THING, entry.state_to)[0],
            reason=entry.reason,
        )
        for entry in audit.history(things, limit=100)
    ]


def _page(public_id: str, **forms: Any) -> str:
    actor = current_actor()
    company = queries.company_seen_by(actor, public_id)
    accounts = queries.bank_accounts(company.id)
    return render_template(
        "accounts/verification_company.html",
        company=company,
        papers=queries.papers(actor, company.id),
        accounts=[account for account in accounts if account.retired_at is None],
        people=queries.people_of(company.id),
        history=_history(company, accounts),
        is_mine=company.state is Verification.UNDER_REVIEW and company.reviewer_id == actor.user_id,
        is_verifier=actor.has(StaffRole.VERIFIER),
        is_administrator=actor.has(StaffRole.ADMINISTRATOR),
        forms={name: _reason_form(name, forms) for name in (*_DECISIONS, *_SUSPENSIONS)},
        refusals={
            account.public_id: _reason_form(account.public_id, forms) for account in accounts
        },
    )


def _reason_form(name: str, sent: dict[str, Any]) -> Any:
    """The form that was sent for this step, or an empty one; each with an id of its own."""
    form = sent.get(name) or ReasonForm(formdata=None)
    form.reason.id = f"reason-{name}"
    return form


@blueprint.get("/<public_id>")
@staff(StaffRole.VERIFIER, StaffRole.ADMINISTRATOR)
def show(public_id: str) -> Any:
    return _page(public_id)


@blueprint.post("/<public_id>/take")
@staff(StaffRole.VERIFIER)
def take(public_id: str) -> Any:
    form = VersionForm()
    if not form.validate():
        raise Invalid(_("The form is damaged; open the page afresh."))
    services.take(current_actor(), public_id, form.version.data)
    flash(_("You check this company now. Decide at the top of the page."), "good")
    return redirect(f"/verification/{public_id}")


@blueprint.post("/<public_id>/<any(approve, more, reject, revoke):decision>")
@staff(StaffRole.VERIFIER)
def decide(public_id: str, decision: str) -> Any:
    form = DecisionForm()
    if form.version.validate(form):
        try:
            company = _DECISIONS[decision](
                current_actor(), public_id, form.reason.data or "", form.version.data
            )
        except Invalid as error:
            add_errors(form, error)
        else:
            word, _tone = state_label(Company.THING, company.state)
            flash(
                _(
                    "%(company)s: %(state)s. Its people are told.",
                    company=company.legal_name,
                    state=word,
                ),
                "good",
            )
            return redirect("/verification")
    return _page(public_id, **{decision: form}), 422


@blueprint.post("/<public_id>/<any(suspend, reinstate):step>")
@staff(StaffRole.ADMINISTRATOR)
def change_suspension(public_id: str, step: str) -> Any:
    form = ReasonForm()
    return answer(
        form,
        lambda: _SUSPENSIONS[step](current_actor(), public_id, form.reason.data),
        lambda company: _("Done; the people of %(company)s are told.", company=company.legal_name),
        f"/verification/{public_id}",
        lambda: _page(public_id, **{step: form}),
        refusals=(),
    )


@blueprint.post("/bank-accounts/<account_id>/confirm")
@staff(StaffRole.VERIFIER)
def confirm_account(account_id: str) -> Any:
    account = services.verify_bank_account(current_actor(), account_id)
    flash(_("The account of %(holder)s is confirmed.", holder=account.holder), "good")
    return redirect("/verification")


@blueprint.post("/<public_id>/bank-accounts/<account_id>/refuse")
@staff(StaffRole.VERIFIER)
def refuse_account(public_id: str, account_id: str) -> Any:
    form = ReasonForm()
    return answer(
        form,
        lambda: services.refuse_bank_account(current_actor(), account_id, form.reason.data),
        lambda account: _("The account of %(holder)s is refused.", holder=account.holder),
        "/verification",
        lambda: _page(public_id, **{account_id: form}),
        refusals=(),
    )
