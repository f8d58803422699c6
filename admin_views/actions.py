"""Actions on selected rows: ask where it matters, do it in one transaction, say what happened."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from flask import abort, request
from flask_babel import gettext, ngettext
from sqlalchemy import select

from admin_views import confirm_page, grid_page
from admin_views.conflicts import gone, idempotency, staleness
from admin_views.page import Action
from admin_views.requests import go, is_fragment, record_url
from admin_views.saving import TRIES, commit
from admin_views.say import label, say
from admin_views.timeline import hosts
from admin_views.toasts import toast
from models.base import Base, db
from models.description import title_of
from models.errors import Conflict, DomainError
from models.i18n import N_
from models.operations.deletion import Effect, delete_rows, preview
from models.permissions import Permission

MOST_SELECTED = 1000


@dataclass(frozen=True)
class Outcome:
    """What an action has made of the rows, which is opened then, and what to say."""

    text: str
    made: Base


@dataclass(frozen=True)
class Deed:
    """An action as its view declares it: `do(view, rows)` changes the rows and returns what to say, or an `Outcome`.

    The `meaning` is what there is to know before it is done, `asking` a question where label and rows make none. What
    is `final` offers no undo; what `removes` rows takes what is below along. `unfit(view, rows)` tells by key why rows
    cannot take part. What has a page of its own `leads(view, rows)` there, or tells why it does not.
    """

    name: str
    label: str
    permission: Permission
    do: Callable[[Any, Sequence[Base]], str | Outcome]
    danger: bool = False
    meaning: str = ""
    asking: str = ""
    final: bool = False
    removes: bool = False
    unfit: Callable[[Any, Sequence[Base]], Mapping[int, DomainError]] = lambda view, rows: {}
    leads: Callable[[Any, Sequence[Base]], str | None] | None = None


@dataclass
class Judgement:
    """Which of the selected rows an action may touch, why not the others, and what else it changes."""

    rows: list[Base] = field(default_factory=list)
    refused: list[tuple[Base, DomainError]] = field(default_factory=list)
    effects: list[Effect] = field(default_factory=list)


def deed(name: str, label: str, permission: Permission, **facts: Any) -> Callable[[Any], Any]:
    """Declare a method of a view as an action on selected rows, with the facts of a `Deed`; it asks first."""

    def declare(function: Callable[[Any, Sequence[Base]], Any]) -> Callable[[Any, Sequence[Base]], Any]:
        function.deed = Deed(name, label, permission, function, **facts)  # type: ignore[attr-defined]
        return function

    return declare


def delete(view: Any, rows: Sequence[Base]) -> str:
    """Delete the selected rows with what belongs to them."""
    names = [title_of(row) for row in rows]
    delete_rows(db.session, rows)
    if len(rows) == 1:
        return gettext("%(title)s was deleted.", title=names[0])
    return gettext("%(count)s %(things)s were deleted.", count=len(rows), things=label(view.model.__plural__).lower())


DELETE = Deed("delete", N_("Delete…"), Permission.DELETE, delete, danger=True, removes=True)


def all_deeds(view: Any) -> dict[str, Deed]:
    """Return every action that a view declares, by name."""
    declared = [getattr(getattr(type(view), name, None), "deed", None) for name in dir(type(view))]
    return {each.name: each for each in (*declared, DELETE) if each is not None}


def deeds_of(view: Any) -> dict[str, Deed]:
    """Return the actions of a view by name, without those in its `action_disallowed_list`."""
    return {name: each for name, each in all_deeds(view).items() if name not in view.action_disallowed_list}


def actions_of(view: Any) -> list[Action]:
    """Return the actions that the person may start, as the theme shows them."""
    allowed = (each for each in deeds_of(view).values() if view.allows(each.permission))
    return [Action(each.name, label(each.label), each.danger) for each in allowed]


def run_action(view: Any, name: str, keys: Sequence[int], parent: Base | None = None, then: str | None = None) -> Any:
    """Ask about an action, or do it when it was confirmed; then go on to an address, or back."""
    chosen = deeds_of(view).get(name) or abort(404)
    view.demand(chosen.permission)
    if done := done_before(view, name, parent, then):
        return done
    if not keys or len(keys) > MOST_SELECTED:
        toast(_unfit(bool(keys)), tone="warning")
        return go(back(view, parent))
    rows = selected(view.model, keys)
    lost = [key for key in keys if key not in {row.id for row in rows}]
    if rows and chosen.leads is None and "confirmed" not in request.form:
        return _ask(view, chosen, rows, parent, lost=lost)
    for each in gone.told(view.model, lost):
        toast(each, tone="warning")
    if rows and chosen.leads is None:
        return _do(view, chosen, rows, parent, then)
    return go((chosen.leads(view, rows) if rows and chosen.leads else None) or back(view, parent))


def _ask(
    view: Any,
    chosen: Deed,
    rows: Sequence[Base],
    parent: Base | None,
    changed: Sequence[Base] = (),
    lost: Sequence[int] = (),
) -> str:
    """Return the page that asks, and tells of rows that were `changed` or `lost` since they were shown."""
    found = judge(view, chosen, rows)
    page = confirm_page.confirmation(view, chosen, found, back(view, parent), changed, lost)
    return view.render("admin/confirm.html", confirmation=page)


def done_before(view: Any, name: str, parent: Base | None = None, then: str | None = None) -> Any:
    """Return the answer to the second of two clicks, which is that to the first; None for the first."""
    if "confirmed" not in request.form or not idempotency.earlier():
        return None
    made = idempotency.made_before()
    toast(gettext("This was done already."), undo=not deeds_of(view)[name].final)
    return _afterwards(view, parent, then) if made is None else go(record_url(made))


def selected(model: type[Base], keys: Sequence[int]) -> list[Base]:
    """Return the selected rows that the person may see, in order of key."""
    query = select(model).where(model.id.in_(keys[:MOST_SELECTED])).order_by(model.id)
    return list(db.session.scalars(query))


def judge(view: Any, chosen: Deed, rows: Sequence[Base]) -> Judgement:
    """Return which rows an action may touch, which it may not and why, and what else it changes."""
    if chosen.removes:
        found = preview(db.session, view.model, rows)
        return Judgement(found.rows, found.refused, found.effects)
    judgement, unfit = Judgement(), chosen.unfit(view, rows)
    for row in rows:
        decision = view.allows(chosen.permission, row)
        if not decision:
            judgement.refused.append((row, DomainError(decision.reason, None, **decision.params)))
        elif row.id in unfit:
            judgement.refused.append((row, unfit[row.id]))
        else:
            judgement.rows.append(row)
    return judgement


def _unfit(several: bool) -> str:
    if several:
        return gettext("Select at most %(count)s rows at a time.", count=MOST_SELECTED)
    return gettext("Select at least one row first.")


def _do(view: Any, chosen: Deed, rows: Sequence[Base], parent: Base | None, then: str | None) -> Any:
    """Touch all of the rows or, if one of them turns out to refuse, none; what others changed meanwhile is asked again.

    Whoever was faster at the same moment is seen at the second look.
    """
    said: list[str | Outcome] = []
    for _ in range(TRIES):
        changed = staleness.changed(rows, whole=chosen.removes)
        found = judge(view, chosen, [row for row in rows if row not in changed])
        error = commit(partial(_act, view, chosen, found.rows, said)) if found.rows else None
        if not isinstance(error, Conflict):
            break
        rows = selected(view.model, [row.id for row in rows])
    if error is not None:
        reason = " ".join(say(single) for single in error.errors)
        toast(gettext("%(reason)s Nothing was changed.", reason=reason), tone="danger")
        return _afterwards(view, parent, then)
    for each in said:
        toast(each.text if isinstance(each, Outcome) else each, undo=not chosen.final)
    if found.refused:
        toast(_refusal(found.refused), tone="warning")
    if changed:
        dialog = {"HX-Retarget": "#dialog", "HX-Reswap": "innerHTML"} if is_fragment() else {}
        return _ask(view, chosen, changed, parent, changed), 409, dialog
    made = next((each.made for each in said if isinstance(each, Outcome)), None)
    return _afterwards(view, parent, then) if made is None else go(record_url(made))


def _act(view: Any, chosen: Deed, rows: Sequence[Base], said: list[str | Outcome]) -> None:
    outcome = chosen.do(view, rows)
    idempotency.note(outcome.made if isinstance(outcome, Outcome) else None)
    said[:] = [outcome]


def _refusal(refused: Sequence[tuple[Base, DomainError]]) -> str:
    row, reason = refused[0]
    first = f"{title_of(row)}: {say(reason)}"
    more = len(refused) - 1
    return f"{first} {ngettext('%(n)s more was refused.', '%(n)s more were refused.', more, n=more)}" if more else first


def _afterwards(view: Any, parent: Base | None, then: str | None) -> Any:
    """Show the grid again where the action came from one, else go on or back."""
    if then is not None:
        return go(then)
    if parent is not None and is_fragment():
        answer = grid_page.answer(view, parent)
        return answer, 200, {"HX-Retarget": f"#{grid_page.place(view)}", "HX-Reswap": "outerHTML"}
    return go(back(view, parent))


def back(view: Any, parent: Base | None) -> str:
    """Return where one came from: the parent's record, or the list as it was."""
    if parent is not None:
        return record_url(hosts.host_of(parent))
    state = view.state(request.values)
    query = state.query(page=state.page)
    return f"{view.get_url('.index_view')}{'?' if query else ''}{query}"
