"""The front-end libraries and the icon sprite, put together from node_modules into static/vendor.

Run as `python -m admin_views.assets`; the Makefile does so after `npm ci`.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MODULES = ROOT / "node_modules"
VENDOR = ROOT / "admin_views" / "static" / "vendor"
OUTLINE = MODULES / "@tabler" / "icons" / "icons" / "outline"

LIBRARIES = {
    "tabler.min.css": "@tabler/core/dist/css/tabler.min.css",
    "htmx.min.js": "htmx.org/dist/htmx.min.js",
    "tom-select.min.css": "tom-select/dist/css/tom-select.bootstrap5.min.css",
    # The complete build: the clear button is in no smaller one, and the difference is 2 kB.
    "tom-select.min.js": "tom-select/dist/js/tom-select.complete.min.js",
}

SOURCE_MAP = re.compile(r"(//[#@] sourceMappingURL=\S+|/\*# sourceMappingURL=\S+ \*/)\s*$")
CALL = re.compile(r"\bicon\(\s*([^,()]*)")
ATTRIBUTE = re.compile(r"""\b(?:menu_)?icon(?:_value)?\s*(?::[^=\n]+)?=\s*["']([a-z0-9-]+)["']""")
TABLE = re.compile(r"\b\w+_icons\b[^=\n]*=\s*\{([^}]*)\}")
VALUE = re.compile(r""":\s*["']([a-z0-9-]+)["']""")
LITERAL = re.compile(r"""["']([a-z0-9-]+)["']""")
CANVAS = re.compile(r'<path stroke="none" d="M0 0h24v24H0z" fill="none"\s*/>')
STROKES = 'fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"'


class UnknownIcon(LookupError):
    """A template or a view asks for an icon that Tabler does not have."""


def copy_libraries() -> None:
    """Copy the libraries in use, without the pointers to source maps that are not served."""
    for name, source in LIBRARIES.items():
        text = (MODULES / source).read_text(encoding="utf-8")
        (VENDOR / name).write_text(SOURCE_MAP.sub("", text).rstrip() + "\n", encoding="utf-8")


def sources() -> Iterator[Path]:
    """Yield the files that may ask for an icon."""
    yield from sorted((ROOT / "templates").rglob("*.html"))
    yield from sorted(path for path in (ROOT / "admin_views").rglob("*.py") if path != Path(__file__).resolve())


def icon_names(text: str) -> set[str]:
    """Return the icons that a source text names: in `icon("name")`, in `icon = "name"`, and as values of `…_icons`."""
    called = {name for argument in CALL.findall(text) for name in LITERAL.findall(argument)}
    listed = {name for table in TABLE.findall(text) for name in VALUE.findall(table)}
    return called | listed | set(ATTRIBUTE.findall(text))


def used_icons(files: Iterable[Path]) -> dict[str, Path]:
    """Return every icon in use with a file that asks for it."""
    return {name: path for path in files for name in icon_names(path.read_text(encoding="utf-8"))}


def symbol(name: str) -> str:
    """Return an icon as a symbol of the sprite, named by its id."""
    drawing = (OUTLINE / f"{name}.svg").read_text(encoding="utf-8")
    inner = CANVAS.sub("", drawing[drawing.index(">", drawing.index("<svg")) + 1 : drawing.rindex("</svg>")])
    return f'<symbol id="{name}" viewBox="0 0 24 24" {STROKES}>{" ".join(inner.split())}</symbol>'


def sprite(icons: dict[str, Path]) -> str:
    """Return the sprite of the icons given; `UnknownIcon` names those that do not exist, and their likes."""
    known = {path.stem for path in OUTLINE.glob("*.svg")}
    unknown = [_unknown(name, icons[name], known) for name in sorted(icons.keys() - known)]
    if unknown:
        raise UnknownIcon("\n".join(unknown))
    return "\n".join(['<svg xmlns="http://www.w3.org/2000/svg">', *map(symbol, sorted(icons)), "</svg>", ""])


def _unknown(name: str, path: Path, known: set[str]) -> str:
    likes = get_close_matches(name, known)
    guess = f" Did you mean {' or '.join(likes)}?" if likes else ""
    return f"{path.relative_to(ROOT)}: there is no icon {name!r}.{guess}"


def main() -> None:
    """Build static/vendor; exits non-zero with a sentence where an icon does not exist."""
    VENDOR.mkdir(parents=True, exist_ok=True)
    copy_libraries()
    try:
        text = sprite(used_icons(sources()))
    except UnknownIcon as error:
        sys.exit(str(error))
    (VENDOR / "icons.svg").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
