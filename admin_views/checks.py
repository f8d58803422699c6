"""Start-up checks: a name misspelt in a declaration stops the app, and the message says what was probably meant."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from typing import Any

from admin_views import guarded
from admin_views.actions import all_deeds
from models.base import Base
from models.description import describe, entities, listed_on, referring
from models.fields import facts_of

LISTS = ("column_list", "column_sortable_list", "column_filters", "record_summary", "record_badges")


class DeclarationError(TypeError):
    """A declaration names something that does not exist."""


def check_models() -> None:
    """Raise DeclarationError with everything that is wrong in the models."""
    _refuse(_in_models())


def check_view(view: Any, base: type) -> None:
    """Raise DeclarationError with everything that is wrong in a view, before anything is built from it."""
    _refuse([*_in_view(view), *_options(type(view), base)])


def _refuse(problems: Iterable[str]) -> None:
    found = list(problems)
    if found:
        raise DeclarationError("\n".join(found))


def _in_models() -> Iterator[str]:
    for model in entities():
        description = describe(model)
        for key, each in description.attributes.items():
            facts = facts_of(each.column)
            where = f"{model.__name__}.{key}"
            if facts.country:
                yield from _path(model, facts.country, f"{where}: country")
            for fact in ("needs", "shown_as"):
                name = getattr(facts, fact)
                if name and name not in description.attributes:
                    yield unknown(f"{where}: {fact}", name, description.attributes)
        yield from guarded.in_model(model)
        if model in _along(model):
            yield f'{model.__name__}: deleting one would lead round to deleting another one; see orphans="delete".'


def _along(model: type[Base], seen: tuple[type[Base], ...] = ()) -> Iterator[type[Base]]:
    """Yield the entities whose rows are deleted with those of this one."""
    following = [other for other, each in referring(model) if getattr(each.relation, "orphans", "") == "delete"]
    for other in (*(child.model for child in describe(model).children), *following):
        if other not in seen:
            yield other
            yield from _along(other, (*seen, other))


def _path(model: type[Base], path: str, where: str) -> Iterator[str]:
    """Follow a dotted path through relations to a column."""
    *way, last = path.split(".")
    for step in way:
        attribute = describe(model).attributes.get(step)
        if attribute is None or attribute.target is None:
            relations = [key for key, each in describe(model).attributes.items() if each.target]
            yield unknown(where, step, relations)
            return
        model = attribute.target
    if last not in describe(model).attributes:
        yield unknown(where, last, describe(model).attributes)


def _in_view(view: Any) -> Iterator[str]:
    description, name = view.description, type(view).__name__
    attributes = set(description.attributes)
    children = {child.key for child in description.children}
    for option in LISTS:
        known = attributes | children | _further(description) if option == "column_filters" else attributes
        for key in getattr(view, option):
            if key not in known:
                yield unknown(f"{name}.{option}", key, known)
    for _, keys in view.form_panels:
        for key in keys:
            if key not in attributes | children:
                yield unknown(f"{name}.form_panels", key, attributes | children)
    sorts = {option: getattr(view, option) for option in ("column_first", "column_default_sort")}
    yield from (unknown(f"{name}.{each}", key, attributes) for each, key in sorts.items() if _is_odd(key, attributes))
    yield from guarded.in_view(view)
    yield from _choices(view, name)


def _is_odd(sort: str, known: Iterable[str]) -> bool:
    return bool(sort) and sort.removeprefix("-") not in known


def _further(description: Any) -> set[str]:
    """Return the paths to what the row's relations have, such as the group of its customer."""
    targets = {key: each.target for key, each in description.attributes.items() if each.target}
    return {f"{key}.{name}" for key, target in targets.items() for name in describe(target).attributes}


def _options(view: type, base: type) -> Iterator[str]:
    """An option that no view knows would be ignored in silence."""
    known = {option for each in (base, *view.__bases__) for option in dir(each) if not option.startswith("_")}
    for option, value in vars(view).items() if view is not base else ():
        if not (option.startswith("_") or callable(value) or isinstance(value, property) or option in known):
            yield unknown(view.__name__, option, known)


def _choices(view: Any, name: str) -> Iterator[str]:
    children = {child.model.__name__: child.model for child in view.description.grids}
    for model in view.inline_models:
        if model not in children.values():
            yield unknown(f"{name}.inline_models", getattr(model, "__name__", str(model)), children)
    listed = {way.model.__name__: way.model for way in listed_on(view.description.model)}
    for model, key in view.inline_groups.items():
        if model not in listed.values():
            yield unknown(f"{name}.inline_groups", getattr(model, "__name__", str(model)), listed)
            continue
        relations = [each for each, attribute in describe(model).attributes.items() if attribute.target]
        if key not in relations:
            yield unknown(f"{name}.inline_groups", key, relations)
    for action in view.action_disallowed_list:
        if action not in all_deeds(view):
            yield unknown(f"{name}.action_disallowed_list", action, all_deeds(view))


def unknown(where: str, name: str, known: Iterable[str]) -> str:
    """Return a sentence that names the place, the wrong name, and what was probably meant."""
    close = get_close_matches(name, list(known), 1, 0.5)
    hint = f"did you mean “{close[0]}”?" if close else f"there are: {', '.join(sorted(known))}."
    return f"{where} names “{name}”, which does not exist; {hint}"
