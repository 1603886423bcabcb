"""Depots and their bins."""

from typing import Any

from flask import Blueprint, render_template, url_for

from hub.admin.forms.things import BIN_WORDS, BinForm, DepotForm
from hub.admin.views.settings import administrator
from hub.catalogue.queries import region as region_of
from hub.catalogue.queries import regions
from hub.core.errors import Conflict, Invalid
from hub.core.i18n import _
from hub.core.web.actor import current_actor
from hub.core.web.answers import answer
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

    def page() -> str:
        return render_template("admin/depot.html", form=form, depot=None)

    if not form.is_submitted():
        return page()
    return answer(
        form,
        lambda: places.create_depot(current_actor(), form.code.data, _spec(form)),
        _("The depot is set up, with its first bins. Give it operators next."),
        lambda depot: url_for("admin_depots.depot", public_id=depot.public_id),
        page,
    )


def _spec(form: DepotForm) -> places.DepotSpec:
    return places.DepotSpec(
        form.name.data,
        region_of(form.region.data),
        form.latitude.data,
        form.longitude.data,
        form.capacity.data,
        form.street.data or "",
    )


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
    if not form.is_submitted():
        return _page(public_id, form, BinForm(formdata=None))
    return answer(
        form,
        lambda: places.change_depot(
            current_actor(),
            public_id,
            form.version.data,
            _spec(form),
            active=bool(form.active.data),
        ),
        _("The depot is changed."),
        url_for("admin_depots.depot", public_id=public_id),
        lambda: _page(public_id, form, BinForm(formdata=None)),
        refusals=(Invalid, Conflict),
    )


def _page(public_id: str, form: DepotForm, bin_form: BinForm) -> str:
    present = queries.depot_by_public_id(public_id)
    return render_template(
        "admin/depot.html",
        form=form,
        bin_form=bin_form,
        depot=present,
        bins=queries.bins(present.id),
        words=BIN_WORDS,
    )


@blueprint.post("/<public_id>/bins")
@administrator
def add_bin(public_id: str) -> Any:
    """Give a depot one more bin."""
    form = BinForm()

    def again() -> str:
        present = _form(queries.depot_by_public_id(public_id), formdata=None)
        return _page(public_id, present, form)

    return answer(
        form,
        lambda: places.add_bin(current_actor(), public_id, form.code.data, BinUse(form.use.data)),
        _("The bin can be used from now on."),
        url_for("admin_depots.depot", public_id=public_id),
        again,
    )
