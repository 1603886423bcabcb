"""The people of the hub, and the companies."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for

from hub.accounts import queries
from hub.accounts import services as accounts
from hub.accounts.models import User
from hub.admin.forms.things import ROLE_WORDS, ReasonForm, RoleForm, StaffForm
from hub.admin.views.settings import administrator
from hub.core.errors import Conflict, HubError, Invalid
from hub.core.i18n import _
from hub.core.web.actor import current_actor
from hub.core.web.answers import answer
from hub.depots.queries import depots

blueprint = Blueprint("admin_people", __name__, url_prefix="/admin")


@blueprint.route("/staff", methods=["GET", "POST"])
@administrator
def staff() -> Any:
    """Everybody with a staff role, and a form to add somebody."""
    form = StaffForm()
    form.offer(depots())

    def page() -> str:
        return render_template(
            "admin/staff.html",
            rows=queries.staff(),
            form=form,
            words=ROLE_WORDS,
            depots={each.id: each for each in depots()},
        )

    if not form.is_submitted():
        return page()
    return answer(
        form,
        lambda: accounts.create_staff(
            current_actor(),
            name=form.name.data,
            email=form.email.data,
            assignments=[form.assignment()],
        ),
        lambda person: _(
            "%(name)s gets a letter with a link to choose a password.", name=person.name
        ),
        url_for("admin_people.staff"),
        page,
    )


def _person(
    person: User, role_form: RoleForm | None = None, reason: ReasonForm | None = None
) -> str:
    if role_form is None:
        role_form = RoleForm(formdata=None)
        role_form.offer(depots())
    return render_template(
        "admin/person.html",
        person=person,
        role_form=role_form,
        reason=reason or ReasonForm(formdata=None),
        words=ROLE_WORDS,
        depots={each.id: each for each in depots()},
    )


@blueprint.get("/staff/<public_id>")
@administrator
def person(public_id: str) -> Any:
    """The roles of one person."""
    return _person(queries.staff_user(public_id))


@blueprint.post("/staff/<public_id>/<any(assign, remove):step>")
@administrator
def role(public_id: str, step: str) -> Any:
    """Give or take a role."""
    form = RoleForm()
    form.offer(depots())
    verb = accounts.assign_role if step == "assign" else accounts.remove_role
    return answer(
        form,
        lambda: verb(current_actor(), public_id, *form.assignment()),
        _("It holds from the person's next page on."),
        url_for("admin_people.person", public_id=public_id),
        lambda: _person(queries.staff_user(public_id), role_form=form),
        refusals=(Invalid, Conflict),
    )


@blueprint.post("/staff/<public_id>/disable")
@administrator
def disable(public_id: str) -> Any:
    """Lock somebody out."""
    form = ReasonForm()
    return answer(
        form,
        lambda: accounts.disable_staff(current_actor(), public_id, form.reason.data),
        _("This person is locked out."),
        url_for("admin_people.person", public_id=public_id),
        lambda: _person(queries.staff_user(public_id), reason=form),
        refusals=(HubError,),
    )


@blueprint.post("/staff/<public_id>/enable")
@administrator
def enable(public_id: str) -> Any:
    """Let somebody in again."""
    accounts.enable_staff(current_actor(), public_id)
    flash(_("This person may sign in again."), "good")
    return redirect(url_for("admin_people.person", public_id=public_id))


@blueprint.get("/companies")
@administrator
def companies() -> str:
    """Companies by a part of their name, alias or number; each leads to its page of checks."""
    text = request.args.get("q", "")[:100]
    return render_template(
        "admin/companies.html", rows=queries.companies(text, limit=100), text=text
    )
