"""`--trust`: what runs too long for every change, and would hardly fail where its quick part does not.

`quick(name=values)` names the cases of a parametrised test that always run; several such marks add up. `thorough` is a
test that runs under `--trust` alone. A test that is asked for by its full name always runs.
"""

from __future__ import annotations

from collections.abc import Container, Mapping

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option."""
    parser.addoption("--trust", action="store_true", help="run the long tests too, and every case of the others")


@pytest.fixture(scope="session")
def trust(pytestconfig: pytest.Config) -> bool:
    """Whether tests that try much may try everything."""
    return bool(pytestconfig.getoption("trust"))


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what runs under `--trust` alone; a mark that leaves nothing of its test is a mistake."""
    if config.getoption("trust") or any("::" in argument for argument in config.args):
        return
    kept = [item for item in items if is_quick(item)]
    asked = {item.originalname for item in items if isinstance(item, pytest.Function) and is_parted(item)}
    lost = asked - {item.originalname for item in kept if isinstance(item, pytest.Function)}
    if lost:
        raise pytest.UsageError(f"quick() names no case of {sorted(lost)}")
    config.hook.pytest_deselected(items=[item for item in items if not is_quick(item)])
    items[:] = kept


def is_parted(item: pytest.Item) -> bool:
    """Return whether some cases of a test are quick."""
    return item.get_closest_marker("quick") is not None and item.get_closest_marker("thorough") is None


def is_quick(item: pytest.Item) -> bool:
    """Return whether a test runs without `--trust`."""
    if item.get_closest_marker("thorough"):
        return False
    marks = list(item.iter_markers("quick"))
    params = item.callspec.params if hasattr(item, "callspec") else {}
    return not marks or any(fits(params, mark.kwargs) for mark in marks)


def fits(params: Mapping[str, object], wanted: Mapping[str, Container[object]]) -> bool:
    """Return whether each parameter that is named, and that the test has, has one of its values."""
    return all(name not in params or params[name] in values for name, values in wanted.items())
