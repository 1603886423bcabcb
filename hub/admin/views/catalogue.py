"""Commodities, units and regions."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for

from hub.admin.forms.things import CommodityForm, RegionForm
from hub.admin.views.settings import administrator
from hub.catalogue import queries, services
from hub.catalogue.models import Commodity
from hub.core.errors import Conflict, Invalid
from hub.core.i18n import _
from hub.core.web.actor import current_actor
from hub.core.web.answers import answer
from hub.core.web.locale import locale

blueprint = Blueprint("admin_catalogue", __name__, url_prefix="/admin")

_SPARE_ATTRIBUTES = 2


@blueprint.get("/commodities")
@administrator
def commodities() -> str:
    """The tree of commodities, a line each."""
    everything = queries.commodities(active_only=False)
    return render_template("admin/commodities.html", rows=_in_tree_order(everything))


def _in_tree_order(everything: list[Commodity]) -> list[tuple[int, Commodity]]:
    """Every commodity below its group, with its depth."""
    children: dict[int | None, list[Commodity]] = {}
    for each in everything:
        children.setdefault(each.parent_id, []).append(each)
    found: list[tuple[int, Commodity]] = []

    def walk(parent: int | None, depth: int) -> None:
        for each in children.get(parent, []):
            found.append((depth, each))
            walk(each.id, depth + 1)

    walk(None, 0)
    return found


def _form(present: Commodity | None) -> CommodityForm:
    if request.method == "POST" or present is None:
        form = CommodityForm()
    else:
        form = CommodityForm(
            version=present.version,
            code=present.code,
            name=present.name,
            name_zh=present.names.get("zh_Hans", ""),
            parent=present.parent.code if present.parent else "",
            hs_code=present.hs_code or "",
            unit=present.unit.code,
            picture=present.picture,
            active=present.active,
            attributes=[
                {
                    "code": each.code,
                    "name": each.name,
                    "name_zh": each.names.get("zh_Hans", ""),
                    "kind": each.kind.value,
                    "choices": " | ".join(each.choices),
                    "required": each.required,
                }
                for each in present.attributes
            ],
        )
    form.offer(
        queries.commodities(active_only=False), queries.units(with_withdrawn=False), locale()
    )
    if request.method == "GET":
        for _number in range(_SPARE_ATTRIBUTES):
            form.attributes.append_entry()
    return form


@blueprint.route("/commodities/new", methods=["GET", "POST"])
@administrator
def new_commodity() -> Any:
    """Add a commodity."""
    form = _form(None)

    def page() -> str:
        return render_template("admin/commodity.html", form=form, commodity=None)

    if not form.is_submitted():
        form.unit.data = "KGM"
        return page()
    return answer(
        form,
        lambda: services.create_commodity(current_actor(), form.spec()),
        lambda made: _("%(name)s can be traded from now on.", name=made.name),
        url_for("admin_catalogue.commodities"),
        page,
    )


@blueprint.route("/commodities/<public_id>", methods=["GET", "POST"])
@administrator
def commodity(public_id: str) -> Any:
    """Change a commodity."""
    form = _form(queries.commodity(public_id))

    def page() -> str:
        present = queries.commodity(public_id)
        return render_template("admin/commodity.html", form=form, commodity=present)

    if not form.is_submitted():
        return page()
    return answer(
        form,
        lambda: services.edit_commodity(current_actor(), public_id, form.version.data, form.spec()),
        _("The commodity is changed."),
        url_for("admin_catalogue.commodities"),
        page,
        refusals=(Invalid, Conflict),
    )


@blueprint.route("/units", methods=["GET", "POST"])
@administrator
def units() -> Any:
    """The units; withdrawing one follows a new edition of Recommendation 20."""
    if request.method == "POST":
        unit = services.set_unit_withdrawn(
            current_actor(), request.form.get("code", ""), request.form.get("withdrawn") == "yes"
        )
        flash(
            _("Nothing new can be counted in %(unit)s.", unit=unit.code)
            if unit.withdrawn
            else _("Listings can be counted in %(unit)s again.", unit=unit.code),
            "good",
        )
        return redirect(url_for("admin_catalogue.units"))
    return render_template("admin/units.html", rows=queries.units(with_withdrawn=True))


@blueprint.get("/regions")
@administrator
def regions() -> str:
    """All regions."""
    return render_template("admin/regions.html", rows=queries.regions())


@blueprint.route("/regions/new", methods=["GET", "POST"])
@administrator
def new_region() -> Any:
    """Add a region."""
    form = RegionForm()

    def page() -> str:
        return render_template("admin/region.html", form=form, region=None)

    if not form.is_submitted():
        return page()
    return answer(
        form,
        lambda: services.create_region(current_actor(), **_region_values(form)),
        _("The region is added."),
        url_for("admin_catalogue.regions"),
        page,
    )


@blueprint.route("/regions/<public_id>", methods=["GET", "POST"])
@administrator
def region(public_id: str) -> Any:
    """Change a region."""
    present = queries.region(public_id)
    form = RegionForm(
        version=present.version,
        name=present.name,
        name_zh=present.names.get("zh_Hans", ""),
        country=present.country,
        latitude=present.latitude,
        longitude=present.longitude,
    )

    def page() -> str:
        return render_template("admin/region.html", form=form, region=queries.region(public_id))

    if not form.is_submitted():
        return page()
    return answer(
        form,
        lambda: services.edit_region(
            current_actor(), public_id, form.version.data, **_region_values(form)
        ),
        _("The region is changed. Freight already agreed stays."),
        url_for("admin_catalogue.regions"),
        page,
        refusals=(Invalid, Conflict),
    )


def _region_values(form: RegionForm) -> dict[str, Any]:
    return {
        "name": form.name.data,
        "name_zh": form.name_zh.data or "",
        "country": form.country.data or "",
        "latitude": form.latitude.data,
        "longitude": form.longitude.data,
    }
