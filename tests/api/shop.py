"""A shop whose back end asks the API; every answer it gets is held to docs/openapi.yaml."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask
from openapi_core import Config, OpenAPI
from openapi_core.contrib.werkzeug import WerkzeugOpenAPIRequest, WerkzeugOpenAPIResponse
from openapi_core.exceptions import OpenAPIError
from werkzeug.test import EnvironBuilder, TestResponse
from werkzeug.wrappers import Request

from models.api_token import ApiToken
from models.base import db
from models.customer import Customer, CustomerEmail, CustomerKind
from models.gate import set_actor
from models.permissions import SYSTEM
from seed.reference_rows import load_reference
from tests.panel import add

DESCRIPTION = Path(__file__).resolve().parents[2] / "docs" / "openapi.yaml"
PREFIX = "/api/v1"
LOGIN, PASSWORD = f"{PREFIX}/customer-login", f"{PREFIX}/customer-password"
EMAIL, SECRET = "Marta.DeLuca@post.example", "seven geese"
REFUSED = "This email and password do not belong together."


class Shop:
    """The site's own back end, with a token of its own."""

    def __init__(self, app: Flask, name: str = "Shop", token: str = "") -> None:
        self.client = app.test_client()
        self.token = token or new_token(name).plain

    def ask(self, path: str, body: Any = None, *, token: str | None = None, **options: Any) -> TestResponse:
        """Send a body as JSON, or whatever `options` say, and return the answer that the description foresees."""
        headers = {"Authorization": f"Bearer {self.token if token is None else token}"}
        sent: dict[str, Any] = {"headers": headers, **({"json": body} if body is not None else {}), **options}
        answer = self.client.post(path, **sent)
        hold_to_description(answer, Request(EnvironBuilder(path, method="POST", **sent).get_environ()))
        return answer

    def log_in(self, email: str = EMAIL, password: str = SECRET, ip: str | None = None) -> TestResponse:
        """Ask whether a customer may come in."""
        return self.ask(LOGIN, {"email": email, "password": password} | ({"client_ip": ip} if ip else {}))

    def change(self, new: str, current: str = SECRET, email: str = EMAIL) -> TestResponse:
        """Ask for another password."""
        return self.ask(PASSWORD, {"email": email, "current_password": current, "new_password": new})


def new_token(name: str = "Shop") -> ApiToken:
    """Return a token that was just made, with what is told of it only then."""
    return add(ApiToken(name=name))  # type: ignore[no-any-return]


def new_customer(email: str = EMAIL, password: str | None = SECRET, **values: Any) -> Customer:
    """Return a private customer who can log in, not stored yet."""
    set_actor(db.session, SYSTEM)
    load_reference(db.session)
    names = {"kind": CustomerKind.PRIVATE, "first_name": "Marta", "last_name": "De Luca"}
    given: Mapping[str, Any] = names | {"can_login": True, "password": password} | values
    return Customer(**given, emails=[CustomerEmail(address=email, primary=True)])


def customer(email: str = EMAIL, password: str | None = SECRET, **values: Any) -> Customer:
    """Store a private customer who can log in."""
    return add(new_customer(email, password, **values))  # type: ignore[no-any-return]


def hold_to_description(answer: TestResponse, sent: Request) -> None:
    """Assert that the description foresees the answer, and that what it accepts is what was understood."""
    request = WerkzeugOpenAPIRequest(sent)
    described().validate_response(request, WerkzeugOpenAPIResponse(answer))
    problem = (answer.get_json(silent=True) or {}).get("type", "")
    malformed = problem.endswith("malformed-body") or answer.status_code == 415
    if answer.status_code == 200 or malformed:
        assert is_described(request) is not malformed, sent.get_data()


def is_described(request: WerkzeugOpenAPIRequest) -> bool:
    """Return whether the description allows a request."""
    try:
        described().validate_request(request)
    except (OpenAPIError, RecursionError):
        return False
    return True


@cache
def described() -> OpenAPI:
    """Return the description, which is checked to be one when it is read."""
    readers: dict[str, Callable[[bytes], Any]] = {"application/problem+json": json.loads}
    return OpenAPI.from_file_path(str(DESCRIPTION), config=Config(extra_media_type_deserializers=readers))
