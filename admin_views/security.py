"""What every answer carries, and what is refused before it reaches a view."""

from __future__ import annotations

import secrets
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from flask import Flask, Response, current_app, g, request
from werkzeug.exceptions import SecurityError
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.security import safe_join

from admin_views.errors import init_errors
from admin_views.logs import init_logs, request_id
from admin_views.production import check_production

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=()",
}
CSP = (
    "default-src 'none'; script-src 'nonce-{nonce}'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'"
)
HSTS = "max-age=63072000; includeSubDomains"
FOREVER = "public, max-age=31536000, immutable"


def init_security(app: Flask) -> None:
    """Guard every request and answer of the app; `WeakSettings` if it may be reached but is not fit for that."""
    check_production(app.config, app.config["HOST"])
    if hops := app.config["PROXY_HOPS"]:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops)  # type: ignore[method-assign]
    init_logs(app)
    init_errors(app)
    app.before_request(begin)
    app.after_request(add_headers)
    app.context_processor(lambda: {"csp_nonce": csp_nonce()})
    app.jinja_env.globals["asset"] = asset


def begin() -> None:
    """Refuse at once what asks for a host that is not ours."""
    if isinstance(request.routing_exception, SecurityError):
        raise request.routing_exception


def csp_nonce() -> str:
    """Return the nonce that this answer's scripts carry."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    return str(g.csp_nonce)


def add_headers(response: Response) -> Response:
    """Add what keeps browsers from running, framing, guessing, sending and keeping what they should not."""
    response.headers.update(HEADERS)
    response.headers.setdefault("Content-Security-Policy", CSP.format(nonce=csp_nonce()))
    response.headers["X-Request-ID"] = request_id()
    response.headers["Cache-Control"] = _caching(response)
    if request.is_secure:
        response.headers["Strict-Transport-Security"] = HSTS
    return response


def asset(name: str) -> str:
    """Return the address of a static file; it changes with the file, so that browsers may keep what they have."""
    path = safe_join(str(current_app.static_folder), name) or ""
    changed = Path(path).stat().st_mtime_ns if Path(path).is_file() else 0
    version = f"?v={_fingerprint(path, changed)}" if changed else ""
    return f"{request.script_root}{current_app.static_url_path}/{name}{version}"


def is_static(endpoint: str | None) -> bool:
    """Return whether the endpoint serves files of the program, which hold nothing private."""
    return endpoint is not None and endpoint.rpartition(".")[2] == "static"


def _caching(response: Response) -> str:
    """Return how long an answer may be kept: for good only files of the program whose address names their content."""
    if not is_static(request.endpoint) or response.status_code not in {200, 304}:
        return "no-store"
    return FOREVER if request.args.get("v") else "no-cache"


@lru_cache
def _fingerprint(path: str, changed: int) -> str:
    """Return a digest of the file; `changed`, in nanoseconds, makes a new one due."""
    return sha256(Path(path).read_bytes()).hexdigest()[:12]
