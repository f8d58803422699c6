"""Options of a view that name fields: whoever asks for one gets what is theirs, so that no page has to think of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from flask import has_request_context

Keys = Sequence[str]
Pick = Callable[[Any, Any], Any]


class Option:
    """An option of a view. Within a request it is what `pick` leaves of it for the person; else as it was declared."""

    def __init__(self, pick: Pick, declared: Any = None) -> None:
        self.pick, self.declared = pick, declared

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, view: Any, owner: type | None = None) -> Any:
        """Return the option; of a class, as it was declared."""
        found = self.declared if view is None else declared(view, self.name)
        return self.pick(view, found) if found and view is not None and has_request_context() else found

    def __set__(self, view: Any, value: Any) -> None:
        """Let one view say something else than its class."""
        vars(view)[self.name] = value


def declared(view: Any, name: str) -> Any:
    """Return an option as it was declared, whoever asks."""
    return vars(view).get(name, getattr(type(view), name))


def keep_options(cls: type) -> None:
    """Put what a class declares back behind the options of the same names: as plain values they would hide them."""
    for name, value in list(vars(cls).items()):
        option = next((vars(base)[name] for base in cls.__mro__[1:] if name in vars(base)), None)
        if isinstance(option, Option) and not isinstance(value, Option):
            kept = Option(option.pick, value)
            kept.__set_name__(cls, name)
            setattr(cls, name, kept)


def _visible(view: Any, keys: Keys) -> list[str]:
    return view.visible(keys)


def _typed(view: Any, keys: Keys) -> list[str]:
    return view.typed(keys)


def _told(view: Any, keys: Keys) -> list[str]:
    return view.told(keys)


def _panels(view: Any, panels: Sequence[tuple[str, Keys]]) -> list[tuple[str, list[str]]]:
    """Leave every panel in its place, if empty: forms name them by position."""
    return [(title, view.visible(keys)) for title, keys in panels]


def shown() -> Any:
    """Declare an option that names fields one reads."""
    return Option(_visible)


def told() -> Any:
    """Declare an option that names fields by which one finds or orders rows."""
    return Option(_told)


def typed() -> Any:
    """Declare an option that names fields one types."""
    return Option(_typed)


def panels() -> Any:
    """Declare an option that names fields one reads, under titles."""
    return Option(_panels, ())
