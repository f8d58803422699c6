"""Bringing a document on: issuing a draft, then the states that follow in the table of kinds."""

from __future__ import annotations

from typing import Any

from flask import abort, request
from flask_admin import expose
from flask_babel import gettext

from admin_views.conflicts import staleness
from admin_views.documents.rates import counted
from admin_views.documents.words import STEPS, company_ways, impossible, is_further, question, refuse
from admin_views.page import Link
from admin_views.requests import go
from admin_views.saving import commit
from admin_views.say import label, plain, say
from admin_views.toasts import toast
from models.base import db
from models.document import Document
from models.errors import DomainError
from models.i18n import N_
from models.operations.issuing import EMPTY, ISSUED, NO_WAY, issue, move, refuse_to_cancel, steps
from models.operations.numbering import GAP, leaves_gap, next_number, remarks
from models.operations.papers import company_of, lacking
from models.permissions import Permission
from models.rules.document_kinds import DocumentStatus

# Where a document goes if all goes well: as a button, where the others are in the menu.
FORWARD = frozenset(
    {
        DocumentStatus.SENT,
        DocumentStatus.READY,
        DocumentStatus.ACCEPTED,
        DocumentStatus.SHIPPED,
        DocumentStatus.DELIVERED,
        DocumentStatus.COMPLETED,
    }
)
FINAL = N_("This cannot be undone: from then on only its status, its payments and your own remarks can change.")
KEPT = N_("It keeps the customer's data and your own as they are now.")
STAYS = N_("Its number stays given, and what it took over can be used again.")


class Stepping:
    """A view of documents that offers the states that can follow."""

    def may_go(self, row: Any) -> bool:
        """Whether it is a draft: what was issued stays."""
        return not row.was_issued

    def record_buttons(self: Any, row: Any) -> list[Link]:
        """Offer to issue a draft, else the next state if it is a step forward."""
        others: list[Link] = super().record_buttons(row)  # type: ignore[misc]
        if not self.allows(Permission.EDIT, row):
            return others
        if row.is_draft:
            url = f"{self.get_url('.issue_view', id=row.id)}{self.trail()}"
            return [Link(gettext("Issue…"), url, asks=True), *others]
        ahead = next_step(row)
        return [self.step_link(row, ahead), *others] if ahead else others

    def record_actions(self: Any, row: Any) -> list[Link]:
        """Offer the other states, the end last."""
        others: list[Link] = super().record_actions(row)  # type: ignore[misc]
        if not self.allows(Permission.EDIT, row):
            return others
        found = [each for each in steps(row) if each is not next_step(row)]
        ends = [each for each in found if each is DocumentStatus.CANCELLED]
        links = [self.step_link(row, each) for each in found if each not in ends]
        return [*links, *others, *(self.step_link(row, each) for each in ends)]

    def step_link(self: Any, row: Document, status: DocumentStatus) -> Link:
        """Return the way to bring a document into a state: at once, but for its end."""
        url = f"{self.get_url('.move_view', id=row.id, to=status.value, was=row.status.value)}{self.trail()}"
        ends = status is DocumentStatus.CANCELLED
        return Link(label(STEPS[status]), url, danger=ends, posted=not ends, asks=ends)

    @expose("/issue/", methods=("GET", "POST"))
    def issue_view(self: Any) -> Any:
        """Ask, then give a draft its number."""
        row = self.get_one(request.args.get("id"))
        self.demand(Permission.EDIT, row)
        if request.method == "GET" or (row.is_draft and staleness.changed([row])):
            page = self.render("admin/confirm.html", confirmation=_asking_to_issue(self, row))
            return page, 409 if request.method == "POST" else 200
        error = commit(lambda: issue(db.session, row))
        if error is not None:
            refuse(self, row, error)
        else:
            toast(gettext("%(title)s was issued.", title=row.name))
            for remark in remarks(db.session, row):
                toast(label(remark), tone="warning")
        return go(self.record_url(row))

    @expose("/move/", methods=("GET", "POST"))
    def move_view(self: Any) -> Any:
        """Ask, then bring an issued document into another state."""
        row = self.get_one(request.args.get("id"))
        self.demand(Permission.EDIT, row)
        status = next((each for each in DocumentStatus if each.value == request.args.get("to")), None) or abort(404)
        if request.method == "GET" or (row.status is not status and (staleness.changed([row]) or is_further(row))):
            page = self.render("admin/confirm.html", confirmation=_asking_to_move(self, row, status))
            return page, 409 if request.method == "POST" else 200
        error = commit(lambda: move(db.session, row, status))
        if error is not None:
            refuse(self, row, error)
        else:
            toast(gettext("%(title)s: %(status)s.", title=row.name, status=plain(status)), undo=True)
        return go(self.record_url(row))


def next_step(row: Document) -> DocumentStatus | None:
    """Return the state that follows if all goes well."""
    return next((each for each in steps(row)[:1] if each in FORWARD), None)


def _asking_to_issue(view: Any, row: Document) -> Any:
    title = gettext("Issue this draft?")
    company = company_of(db.session)
    missing = lacking(company, row.kind)
    reasons = [ISSUED] * (not row.is_draft) or [EMPTY] * (not row.lines)
    if missing or reasons:
        said = [say(missing)] if missing else [label(each) for each in reasons]
        return impossible(view, row, title, said, *(company_ways(view) if missing else ()))
    number = next_number(db.session, row)
    said = gettext("It gets the number %(number)s.", number=number)
    gap = [label(GAP)] if leaves_gap(db.session, row) else []
    return question(view, row, title, gettext("Issue"), [said, *gap, *counted(row, company), label(KEPT), label(FINAL)])


def _asking_to_move(view: Any, row: Document, status: DocumentStatus) -> Any:
    verb = label(STEPS.get(status, NO_WAY)).rstrip("…")
    ends = status is DocumentStatus.CANCELLED
    title = gettext("Cancel %(title)s?", title=row.name) if ends else f"{verb}: {row.name}?"
    refusal = _refusal(row, status)
    if refusal is not None:
        return impossible(view, row, title, [say(refusal)])
    submit = gettext("Cancel the document") if ends else verb
    return question(view, row, title, submit, [label(STAYS)] if ends else [], danger=ends)


def _refusal(row: Document, status: DocumentStatus) -> DomainError | None:
    """Return why a document cannot come into a state."""
    if status not in steps(row):
        return DomainError(NO_WAY, "status", status=plain(status).lower())
    try:
        if status is DocumentStatus.CANCELLED:
            refuse_to_cancel(db.session, row)
    except DomainError as error:
        return error
    return None
