"""What hangs below a child is searched with it, and with the record at the top."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.databases import Database

ROOT = Path(__file__).resolve().parents[2]


def told(url: str) -> Any:
    program = [sys.executable, "-m", "tests.models.search_deeper", url]
    return json.loads(subprocess.run(program, cwd=ROOT, check=True, capture_output=True, text=True).stdout)


def test_a_declared_grandchild_is_searched_without_another_line(database: Database) -> None:
    assert told(database.copy()) == {
        "before": {
            "customer": ["Ada Byron"],
            "contact": ["Annabella"],
            "hit": ["Visit", "copper", "Brought samples of copper"],
        },
        "common": ["Annabella"],
        "moved": {"customer": ["Mary Shelley"], "contact": ["Annabella"], "visits": 1},
        "gone": [],
    }
