"""HTML held to its standard by html-validate."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CONFIG = ROOT / "tests" / "htmlvalidate.json"


def assert_valid(html: str) -> None:
    """Assert that a whole page breaks no rule of HTML; half a second each, so one page of a kind is enough."""
    command = ["node", str(ROOT / "node_modules" / "html-validate" / "bin" / "html-validate.mjs")]
    options = ["--config", str(CONFIG), "--formatter", "json", "--stdin"]
    run = subprocess.run([*command, *options], input=html, capture_output=True, text=True, check=False)
    reports = json.loads(run.stdout or "[]") if run.returncode in {0, 1} else [{"messages": [{"message": run.stderr}]}]
    found = [message for report in reports for message in report["messages"]]
    assert not found, "\n".join(f"{each.get('line')}: {each['message']} ({each.get('ruleId')})" for each in found)
