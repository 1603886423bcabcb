"""Depots and their bins."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for

from hub.admin.forms.things import BIN_WORDS, BinForm, DepotForm
from hub.admin.views.settings import administrator
from hub.catalogue.queries import region as region_of
from hub.catalogue.queries import regions
from hub.core.errors import Conflict, Invalid
from hub.core.i18n import _
from hub.core.web.actor import current_actor
from hub.core.web.answers import add_errors
from hub.core.web.locale import locale
from hub.depots import queries
from hub.depots import services as places
from hub.depots.models import BinUse, Depot

blueprint = Blueprint("admin_depots", __name__, url_prefix="/admin/depots")


@blueprint.get("")
@administrator
def index() -> str:
    """All depots."""
    return render_template("admin/depots.html", rows=queries.depots())


@blueprint.route("/new", methods=["GET", "POST"])
@administrator
def new() -> Any:
    """Set up a depot."""
    form = DepotForm()
    form.offer(regions(), locale())
    if form.is_submitted() and form.validate():
        try:
            depot = places.create_depot(
                current_actor(),
                form.code.data,
                form.name.data,
                region_of(form.region.data),
                form.latitude.data,
                form.longitude.data,
                form.capacity.data,
                form.street.data or "",
            )
        except Invalid as error:
            add_errors(form, error)
        else:
            flash(_("The depot is set up, with its first bins. Give it operators next."), "good")
            return redirect(url_for("admin_depots.depot", public_id=depot.public_id))
    page = render_template("admin/depot.html", form=form, depot=None)
    return page, 422 if form.errors else 200


def _form(present: Depot, **options: Any) -> DepotForm:
    form = DepotForm(
        **options,
        version=present.version,
        code=present.code,
        name=present.name,
        region=present.region.public_id,
        street=present.street,
        latitude=present.latitude,
        longitude=present.longitude,
        capacity=present.capacity,
        active=present.active,
    )
    form.offer(regions(), locale())
    return form


@blueprint.route("/<public_id>", methods=["GET", "POST"])
@administrator
def depot(public_id: str) -> Any:
    """Change a depot, and see its bins."""
    form = _form(queries.depot_by_public_id(public_id))
    if form.is_submitted() and form.validate():
        try:
            places.change_depot(
                current_actor(),
                public_id,
                form.version.data,
                name=form.name.data,
                region=region_of(form.region.data),
                latitude=form.latitude.data,
                longitude=form.longitude.data,
                capacity=form.capacity.data,
                street=form.street.data or "",
                active=bool(form.active.data),
            )
        except (Invalid, Conflict) as error:
            add_errors(form, error)
        else:
            flash(_("The depot is changed."), "good")
            return redirect(url_for("admin_depots.depot", public_id=public_id))
    return _page(public_id, form, BinForm(formdata=None))


def _page(public_id: str, form: DepotForm, bin_form: BinForm) -> tuple[str, int]:
    present = queries.depot_by_public_id(public_id)
    page = render_template(
        "admin/depot.html",
        form=form,
        bin_form=bin_form,
        depot=present,
        bins=queries.bins(present.id),
        words=BIN_WORDS,
    )
    return page, 422 if request.method == "POST" else 200


@blueprint.post("/<public_id>/bins")
@administrator
def add_bin(public_id: str) -> Any:
    """Give a depot one more bin."""
    form = BinForm()
    if form.validate():
        try:
            places.add_bin(current_actor(), public_id, form.code.data, BinUse(form.use.data))
        except Invalid as error:
            add_errors(form, error)
        else:
            flash(_("The bin can be used from now on."), "good")
            return redirect(url_for("admin_depots.depot", public_id=public_id))
    present = _form(queries.depot_by_public_id(public_id), formdata=None)
    return _page(public_id, present, form)
