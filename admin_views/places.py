"""The provinces of a country, for the field that follows it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request

from models.rules import places

blueprint = Blueprint("places", __name__, url_prefix="/places")


@blueprint.get("/provinces")
def provinces() -> Any:
    """Return the provinces of the country in the address as options of a list."""
    country = next((value for value in request.args.values() if value), None)
    names = list(places.provinces(country).values()) if country in places.COUNTRIES else []
    return render_template("admin/options.html", names=names)
