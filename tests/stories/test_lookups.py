"""Choosing from lists in a hurry, or over a slow line: what is typed, pressed and chosen is what counts."""

from __future__ import annotations

import re

from playwright.sync_api import Page, Route, expect

ASKS = re.compile("query=Zenit")


def test_enter_takes_nothing_that_was_found_for_something_else(panel: Page) -> None:
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    panel.route(ASKS, hold)
    panel.goto("/contact/new/")
    chosen = panel.locator(".ts-control .item")
    panel.get_by_role("combobox", name="Customer").focus()
    panel.get_by_role("option", name="Aurora").wait_for()
    with panel.expect_request(ASKS):
        panel.keyboard.type("Zenit")
        panel.keyboard.press("Enter")
    expect(chosen).to_have_count(0)
    held.pop().continue_()
    expect(panel.get_by_role("option")).to_have_text("Zenit Carta S.r.l.")
    panel.keyboard.press("Enter")
    expect(chosen).to_contain_text("Zenit Carta S.r.l.")


def test_a_list_stays_closed_however_quickly_one_chooses(panel: Page) -> None:
    panel.goto("/customer/filter/?field=billing_province")
    panel.get_by_role("combobox").last.fill("Milano")
    panel.get_by_role("option", name="Milano").click()
    panel.wait_for_timeout(500)  # what was put off would come by now
    expect(panel.get_by_role("option")).to_have_count(0)
    panel.get_by_role("button", name="Apply").click()
    expect(panel.get_by_role("list", name="Filters")).to_contain_text("Province is Milano")


def test_a_page_is_made_ready_though_its_script_comes_late(panel: Page) -> None:
    def put_off(route: Route) -> None:
        panel.wait_for_timeout(500)
        route.continue_()

    panel.route(re.compile("/static/panel.js"), put_off)
    panel.goto("/contact/new/")
    panel.get_by_role("combobox", name="Customer").fill("Zenit")
    panel.get_by_role("option", name="Zenit").click()
    expect(panel.locator(".ts-control .item")).to_contain_text("Zenit")
