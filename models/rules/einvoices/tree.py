"""XML written from nested pairs of names and contents."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeAlias
from xml.etree import ElementTree as ET

Content: TypeAlias = "str | Sequence[Node] | None"
Node: TypeAlias = tuple[str, Content]


def grow(parent: ET.Element, nodes: Iterable[Node]) -> None:
    """Append the nodes as elements, in order; those without content are left out."""
    for name, content in nodes:
        if not content:
            continue
        child = ET.SubElement(parent, name)
        if isinstance(content, str):
            child.text = content
        else:
            grow(child, content)


def write(root: ET.Element) -> bytes:
    """The document in UTF-8, indented."""
    ET.indent(root)
    return bytes(ET.tostring(root, encoding="UTF-8", xml_declaration=True))
