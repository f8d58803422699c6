"""A real Chromium, and what every page in it is held to: no CSP violation, no script error, no failed resource."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, ConsoleMessage, Page, Response, expect, sync_playwright
from werkzeug.serving import make_server

ROOT = Path(__file__).resolve().parent.parent
SCREENSHOTS = ROOT / "tests" / "screenshots"
# A browser takes one list of what is off: the last. What Playwright switches off for pages, and the popup of an address
# bar that nobody sees, which costs a fifth of a second with every page.
OFF = (
    *(
        "DestroyProfileOnBrowserClose",
        "HttpsFirstBalancedModeAutoEnable",
        "HttpsUpgrades",
        "LensOverlay",
        "MediaRouter",
    ),
    *(
        "OptimizationHints",
        "PaintHolding",
        "ThirdPartyStoragePartitioning",
        "WebUIOmniboxAimPopup",
        "WebUIOmniboxPopup",
    ),
)
FLAGS = [
    f"--disable-features={','.join(OFF)}",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    *(["--no-sandbox"] if os.geteuid() == 0 else []),
]
REPORT_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", event => console.error(
    `CSP: ${event.effectiveDirective} blocked ${event.blockedURI} ${event.sample}`,
    `at ${event.sourceFile}:${event.lineNumber}`
));
"""
# A link can be clicked before the script is there that opens a window instead of a page; tests wait for it.
REPORT_LOADED = 'addEventListener("load", () => { document.documentElement.dataset.loaded = "" });'
PATIENCE = 30_000  # milliseconds, for a machine that has much else to do
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
RESOURCES = {"script", "stylesheet", "image", "font"}


@pytest.fixture
def server(fresh_app: Flask) -> Iterator[str]:
    """The address of a fresh app, served by threads of this process."""
    server = make_server("127.0.0.1", 0, fresh_app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The Chromium of this worker."""
    with sync_playwright() as playwright:
        expect.set_options(timeout=PATIENCE)
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def problems() -> list[str]:
    """What went wrong in the page so far; a test that provokes a problem takes it out of this list."""
    return []


@pytest.fixture
def page(browser: Browser, server: str, problems: list[str]) -> Iterator[Page]:
    """An empty page of a new browser profile; `page.goto("/")` opens the served app."""
    context = browser.new_context(base_url=server, locale="en-GB", timezone_id="Europe/Rome", reduced_motion="reduce")
    context.set_default_timeout(PATIENCE)
    context.add_init_script(REPORT_VIOLATIONS + REPORT_LOADED)
    context.on("page", _await_scripts)
    context.on("console", lambda message: problems.extend(_of_console(message)))
    context.on("weberror", lambda error: problems.append(f"{error.page.url if error.page else ''}: {error.error}"))
    context.on("response", lambda response: problems.extend(_of_response(response)))
    yield context.new_page()
    context.close()
    assert not problems, "\n".join(problems)


def _await_scripts(page: Page) -> None:
    loading = page.locator("html:not([data-loaded])")
    page.add_locator_handler(loading, lambda _: page.wait_for_load_state(), no_wait_after=True)


def _of_console(message: ConsoleMessage) -> Iterator[str]:
    # A refused form answers with a 4xx on purpose; responses are judged by themselves.
    if message.type == "error" and not message.text.startswith("Failed to load resource"):
        yield f"{message.location['url']}: {message.text}"


def _of_response(response: Response) -> Iterator[str]:
    if response.status >= 500 or (response.status >= 400 and response.request.resource_type in RESOURCES):
        yield f"{response.request.method} {response.url}: {response.status}"


@cache
def _axe() -> str:
    return (ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


def axe(page: Page) -> None:
    """Assert that the page as it stands violates no rule of WCAG 2.2 AA that can be checked by machine."""
    page.evaluate(f"() => {{ {_axe()} }}")
    found = page.evaluate("tags => axe.run(document, { runOnly: tags, resultTypes: ['violations'] })", WCAG)
    assert not found["violations"], "\n".join([page.url, *map(_violation, found["violations"])])


def _violation(violation: dict[str, Any]) -> str:
    nodes = [f"    {node['target']}: {node['failureSummary']}" for node in violation["nodes"][:5]]
    return "\n".join([f"{violation['id']}: {violation['help']}", *nodes])


def screenshot(page: Page, name: str) -> Path:
    """Keep a picture of the visible page as tests/screenshots/NAME.png and return its path."""
    path = SCREENSHOTS / f"{name}.png"
    # Hiding the caret would add a style element, which the CSP refuses.
    page.screenshot(path=path, caret="initial")
    return path
