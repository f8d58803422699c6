"""No test is skipped: what cannot run is missing, and a promise without a test."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import pytest


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, Any, Any]:
    """Turn a skipped test into a failed one."""
    return refuse_skip((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, Any, Any]:
    """Do the same for a file that skips itself."""
    return refuse_skip((yield))


def refuse_skip(report: Any) -> Any:
    """Return the report, failed if it was skipped."""
    if report.skipped and not hasattr(report, "wasxfail"):
        report.outcome, report.longrepr = "failed", f"skipped, which counts as failed: {report.longrepr}"
    return report
