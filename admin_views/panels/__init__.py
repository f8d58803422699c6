"""Declarations of the entities' panels: every module of this folder is imported and registers its own."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

for path in sorted(Path(__file__).parent.glob("[!_]*.py")):
    import_module(f"{__name__}.{path.stem}")
