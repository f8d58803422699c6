"""Where one lands at an address that only a button leads to: at the record, or the list, that it is about.

A page that answers a button has such an address: what is done from there must lead back to something that opens.
"""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

from flask import current_app, request, url_for

ROOTS = {"change_set", "looking"}  # what is about no list


def landing(target: str) -> str | None:
    """Return an address of this site as it is, if it opens or is none at all; else where it belongs, if anywhere."""
    parts, adapter = urlsplit(target), current_app.create_url_adapter(request)
    path = parts.path.removeprefix(request.script_root)
    if adapter is None or adapter.test(path, method="GET") or not adapter.test(path, method="POST"):
        return target
    name = str(adapter.match(path, method="POST")[0]).partition(".")[0]
    key = parse_qs(parts.query).get("id", [""])[0]
    if key and f"{name}.details_view" in current_app.view_functions:
        return url_for(f"{name}.details_view", id=key)
    lists = (each for each in (f"{name}.index_view", f"{name}.index") if each in current_app.view_functions)
    return next((url_for(each) for each in lists), f"{request.script_root}/" if name in ROOTS else None)
