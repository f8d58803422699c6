"""What a document comes to: worked examples, what always holds, and ten thousand documents added up twice."""

from __future__ import annotations

import random
from collections.abc import Sequence
from decimal import Decimal
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.money import net_price, places_of, rounded, totals
from models.rules.paper import Item, Totals
from tests.models.rules.integers import Line, Sums, sums

SEED = 16931
DOCUMENTS = 10_000
PLACES = [0, 2, 3]
RATES = [2200, 2200, 2100, 1000, 770, 500, 400, 600, 50, 0]
NATURES = ["N1", "N2.2", "N4", None]

# What lines of shops look like, and what lands on halves of a cent.
quantities = st.one_of(st.integers(-20, 20).map(lambda count: count * 1000), st.integers(-(10**7), 10**7))
prices = st.one_of(st.integers(0, 20_000).map(lambda halves: halves * 5000), st.integers(-(10**6), 10**13))
discounts = st.one_of(st.just(0), st.sampled_from([500, 1000, 3333, 10_000]), st.integers(0, 10_000))
natures = st.sampled_from(NATURES)
standing = st.builds(Line, quantities, prices, st.sampled_from(RATES), discounts)
exempt = st.builds(Line, quantities, prices, st.just(0), discounts, natures)
documents = st.lists(st.one_of(standing, exempt), max_size=12)
any_places = st.sampled_from(PLACES)


def item(line: Line) -> Item:
    return Item(
        Decimal(line.quantity).scaleb(-3),
        Decimal(line.price).scaleb(-6),
        Decimal(line.rate).scaleb(-2),
        Decimal(line.discount).scaleb(-2),
        line.nature,
    )


def add_up(lines: Sequence[Line], places: int, *, includes_vat: bool = False, discount: int = 0) -> Totals:
    items = [item(line) for line in lines]
    return totals(items, places=places, includes_vat=includes_vat, discount=Decimal(discount).scaleb(-2))


def in_units(result: Totals, places: int) -> Sums:
    def unit(amount: Decimal) -> int:
        assert amount.as_tuple().exponent == -places
        return int(amount.scaleb(places))

    groups = [(int(each.rate * 100), each.nature, unit(each.net), unit(each.vat)) for each in result.groups]
    lines = [unit(line) for line in result.lines]
    return Sums(lines, groups, unit(result.net), unit(result.vat), unit(result.total))


def sale(price: str, rate: str = "22", quantity: str = "1", discount: str = "0", nature: str | None = None) -> Item:
    return Item(Decimal(quantity), Decimal(price), Decimal(rate), Decimal(discount), nature)


def amounts(result: Totals) -> tuple[str, str, str]:
    return str(result.net), str(result.vat), str(result.total)


@pytest.mark.parametrize("items", [[sale("0.33", quantity="3")], [sale("0.33")] * 3])
def test_three_times_33_cents_at_22_per_cent_bear_22_cents_of_vat(items: Sequence[Item]) -> None:
    assert amounts(totals(items, places=2)) == ("0.99", "0.22", "1.21")


def test_seven_lines_of_10_02_at_22_per_cent_bear_15_43_of_vat() -> None:
    assert amounts(totals([sale("10.02")] * 7, places=2)) == ("70.14", "15.43", "85.57")


def test_seven_lines_of_10_02_with_vat_in_them_are_paid_as_they_were_priced() -> None:
    result = totals([sale("10.02")] * 7, places=2, includes_vat=True)
    assert list(result.lines) == [Decimal("8.21")] * 7
    assert amounts(result) == ("57.47", "12.67", "70.14")


def test_the_example_invoice_published_with_en_16931_comes_to_its_250_33() -> None:
    # ubl-tc434-example1.xml of ConnectingEurope/eInvoicing-EN16931; its last line takes goods back.
    sold = (
        "2×9.95 1×9.85 1×8.29 2×7.23 1×35.00 1×35.00 1×10.65 1×1.55 3×4.79 1×8.29 2×8.29 1×9.95 2×1.65 1×3.90 6×17.02"
    )
    low = [sale(price, "6", count) for count, price in (line.split("×") for line in [*sold.split(), "-6×18.33"])]
    high = [sale("10.80", "21"), sale("3.80", "21", "2"), sale("4.67", "21", "2"), sale("18.63", "21")]
    result = totals([*low, *high], places=2)
    assert [(str(each.rate), str(each.net), str(each.vat)) for each in result.groups] == [
        ("21", "46.37", "9.74"),
        ("6", "183.23", "10.99"),
    ]
    assert amounts(result) == ("229.60", "20.73", "250.33")


def test_both_discounts_are_taken_off_a_line_before_it_is_rounded() -> None:
    result = totals([sale("9.99", quantity="3", discount="5")], places=2, discount=Decimal(10))
    assert amounts(result) == ("25.62", "5.64", "31.26")  # 29.97 × 0.95 × 0.9 = 25.62435, 25.62 × 22 % = 5.6364


def test_a_line_is_rounded_once_however_many_digits_it_has() -> None:
    line = sale("9092966788.926667", quantity="99.999", discount="0.01")  # …170.134999999999999…, in 29 digits
    assert str(totals([line], places=2, discount=Decimal("0.03")).net) == "908923898170.13"
    assert str(rounded(Decimal("12345678901234567890123456789.005"), 2)) == "12345678901234567890123456789.01"


def test_groups_go_from_the_highest_rate_to_the_lowest_and_then_by_nature() -> None:
    items = [
        sale("1", "0", nature="N4"),
        sale("1", "4"),
        sale("1", "0", nature="N2.2"),
        sale("1", "22"),
        sale("1", "0"),
    ]
    groups = totals(items, places=2).groups
    assert [(int(each.rate), each.nature) for each in groups] == [
        (22, None),
        (4, None),
        (0, None),
        (0, "N2.2"),
        (0, "N4"),
    ]


def test_a_nature_beside_a_rate_does_not_split_its_group() -> None:
    groups = totals([sale("0.33"), sale("0.33", nature="N4"), sale("0.33", nature="")], places=2).groups
    assert [(each.nature, str(each.vat)) for each in groups] == [(None, "0.22")]


def test_an_empty_nature_is_none() -> None:
    groups = totals([sale("1", "0", nature=""), sale("1", "0")], places=2).groups
    assert [(each.nature, str(each.net)) for each in groups] == [(None, "2.00")]


def test_a_rate_written_with_more_digits_is_the_same_rate() -> None:
    assert len(totals([sale("0.33", "22"), sale("0.33", "22.00")], places=2).groups) == 1


def test_goods_taken_back_come_to_what_they_came_to_when_sold() -> None:
    assert amounts(totals([sale("10.025", quantity="-1")], places=2)) == ("-10.03", "-2.21", "-12.24")


def test_a_document_without_lines_comes_to_nothing() -> None:
    result = totals([], places=2)
    assert (list(result.lines), list(result.groups), amounts(result)) == ([], [], ("0.00", "0.00", "0.00"))


@pytest.mark.parametrize(("value", "kept"), [("0.125", "0.13"), ("-0.125", "-0.13"), ("0.1249", "0.12"), ("2", "2.00")])
def test_halves_are_rounded_away_from_zero(value: str, kept: str) -> None:
    assert str(rounded(Decimal(value), 2)) == kept


def test_nothing_is_not_negative() -> None:
    assert str(rounded(Decimal("-0.004"), 2)) == "0.00"


@pytest.mark.parametrize(("code", "places"), [("EUR", 2), ("CHF", 2), ("JPY", 0), ("KWD", 3), ("TND", 3), ("CLF", 3)])
def test_a_currency_has_its_own_places_and_three_at_most(code: str, places: int) -> None:
    assert places_of(code) == places


@pytest.mark.parametrize(
    ("code", "net", "vat", "total"),
    [
        ("JPY", "1235", "272", "1507"),
        ("EUR", "1234.57", "271.61", "1506.18"),
        ("KWD", "1234.568", "271.605", "1506.173"),
    ],
)
def test_amounts_have_the_places_of_their_currency(code: str, net: str, vat: str, total: str) -> None:
    assert amounts(totals([sale("1234.5678")], places=places_of(code))) == (net, vat, total)


@pytest.mark.parametrize(
    ("price", "rate", "includes_vat", "net"),
    [
        ("100", "22", True, "81.967213"),
        ("122", "22", True, "100.000000"),
        ("100", "22", False, "100.000000"),
        ("100", "0", True, "100.000000"),
        ("0.0000005", "22", False, "0.000001"),
    ],
)
def test_a_unit_price_without_vat_has_six_places(price: str, rate: str, includes_vat: bool, net: str) -> None:
    assert str(net_price(Decimal(price), Decimal(rate), includes_vat=includes_vat)) == net


@given(documents, any_places, st.booleans(), discounts)
def test_a_document_adds_up(lines: list[Line], places: int, includes_vat: bool, discount: int) -> None:
    result = add_up(lines, places, includes_vat=includes_vat, discount=discount)
    assert result.net == sum(result.lines) == sum(each.net for each in result.groups)
    assert result.vat == sum(each.vat for each in result.groups)
    assert result.total == result.net + result.vat


@given(documents, any_places, discounts)
def test_prices_with_vat_come_to_exactly_the_sum_of_the_lines_as_priced(
    lines: list[Line], places: int, discount: int
) -> None:
    result = add_up(lines, places, includes_vat=True, discount=discount)
    untaxed = [Line(line.quantity, line.price, 0, line.discount) for line in lines]
    assert result.total == add_up(untaxed, places, discount=discount).total


@given(documents, any_places)
def test_vat_worked_back_strays_by_little_more_than_half_a_cent_a_line(lines: list[Line], places: int) -> None:
    for group in add_up(lines, places, includes_vat=True).groups:
        members = sum(line.rate == group.rate * 100 for line in lines)
        strays = abs(group.vat - group.net * group.rate / 100)
        assert strays <= members * (1 + group.rate / 100) / 2 * Decimal(1).scaleb(-places)


@given(documents, any_places, st.booleans(), discounts, st.randoms(use_true_random=False))
def test_the_order_of_lines_changes_nothing_but_their_order(
    lines: list[Line], places: int, includes_vat: bool, discount: int, dealer: random.Random
) -> None:
    order = dealer.sample(range(len(lines)), len(lines))
    one = add_up(lines, places, includes_vat=includes_vat, discount=discount)
    other = add_up([lines[at] for at in order], places, includes_vat=includes_vat, discount=discount)
    assert [one.lines[at] for at in order] == list(other.lines)
    assert (one.groups, one.net, one.vat, one.total) == (other.groups, other.net, other.vat, other.total)


@given(documents, any_places, st.booleans(), discounts)
def test_any_document_comes_to_what_whole_numbers_say(
    lines: list[Line], places: int, includes_vat: bool, discount: int
) -> None:
    result = add_up(lines, places, includes_vat=includes_vat, discount=discount)
    assert in_units(result, places) == sums(lines, places=places, includes_vat=includes_vat, discount=discount)


def deal(dealer: random.Random) -> Line:
    rate = dealer.choice(RATES)
    return Line(
        quantity=dealer.choice([1000, 1000, 2000, 3000, 7000, -1000, 500, 250, dealer.randint(-50_000, 500_000)]),
        price=dealer.choice([10_000, 5000, 1]) * dealer.randint(1, 200_000),
        rate=rate,
        discount=dealer.choice([0, 0, 0, 500, 1250, dealer.randint(0, 10_000)]),
        nature=None if rate else dealer.choice(NATURES),
    )


@pytest.mark.parametrize(("places", "includes_vat"), list(product(PLACES, [False, True])))
def test_ten_thousand_documents_come_to_what_whole_numbers_say(places: int, includes_vat: bool) -> None:
    dealer = random.Random(SEED + places)
    for _ in range(DOCUMENTS // 6 + 1):
        lines = [deal(dealer) for _ in range(dealer.randint(1, 9))]
        discount = dealer.choice([0, 0, 1000, dealer.randint(0, 10_000)])
        result = in_units(add_up(lines, places, includes_vat=includes_vat, discount=discount), places)
        assert result == sums(lines, places=places, includes_vat=includes_vat, discount=discount), lines
