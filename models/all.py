"""Every entity, mapped: each module of this folder is imported, so that a new entity is one new file."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from models.base import Base
from models.relations import check_targets

for path in sorted(Path(__file__).parent.glob("*.py")):
    if path.stem not in {"__init__", "all"}:
        import_module(f"models.{path.stem}")

check_targets({mapper.class_.__name__ for mapper in Base.registry.mappers})
