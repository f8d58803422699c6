"""Making documents from others, such as orders from quotes and invoices from orders, as the table of kinds has it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from flask import abort, g, request
from flask_admin import expose
from flask_babel import gettext

from admin_views import split
from admin_views.actions import Outcome, deed
from admin_views.conflicts import idempotency
from admin_views.documents import convert_page
from admin_views.documents.words import MAKING
from admin_views.page import Action, Link
from admin_views.requests import go
from admin_views.saving import make_once
from admin_views.say import label
from admin_views.toasts import toast
from models.base import db
from models.description import title_of
from models.document import Document
from models.errors import DomainError
from models.i18n import N_
from models.operations.drafting import NOTHING_LEFT, conversions, convert, quantities_left
from models.permissions import Permission
from models.related import load_parts
from models.rules.document_kinds import DocumentKind, Effect, conversion, made_from

AS_BUTTONS = 2  # the others are in the menu
ASKING = N_("Make one deferred invoice?")
NOT_ISSUED = N_("It has not been issued.")
CANCELLED = N_("It has been cancelled.")
TOGETHER = N_("One invoice is made of all of them; it quotes the number and date of each.")


def not_to_bill(view: Any, rows: Sequence[Any]) -> Mapping[int, DomainError]:
    """Return by key why documents cannot be billed."""
    ready = [row for row in rows if row.counts and conversion(row.kind, DocumentKind.INVOICE)]
    load_parts(db.session, Document, ready)
    free = quantities_left(db.session, ready, DocumentKind.INVOICE) if ready else {}
    found = {row.id: DomainError(NOT_ISSUED if row.is_draft else CANCELLED) for row in rows if not row.counts}
    spent = (row for row in ready if not any(free[line.id] for line in row.lines))
    return found | {row.id: DomainError(NOTHING_LEFT) for row in spent}


class Converting:
    """A view of documents that offers what can be made from one, or from several at once."""

    def record_buttons(self: Any, row: Any) -> list[Link]:
        """Offer what is usually made from the document."""
        return [*self.making(row)[:AS_BUTTONS], *super().record_buttons(row)]  # type: ignore[misc]

    def record_actions(self: Any, row: Any) -> list[Link]:
        """Offer what else can be made from it."""
        return [*self.making(row)[AS_BUTTONS:], *super().record_actions(row)]  # type: ignore[misc]

    def making(self: Any, row: Document) -> list[Link]:
        """Return the ways to what can be made from a document, as long as something of it is left for that."""
        if not conversions(row) or not self.may_create(row.customer):
            return []
        found = (each.target for each in conversions(row) if is_left(row, each.target))
        return [Link(label(MAKING[kind]), self.get_url(".convert_view", id=row.id, to=kind.value)) for kind in found]

    def actions(self: Any) -> list[Action]:
        """Offer to bill together only what can be, where a list shows one kind."""
        kind = split.asked(self)
        fits = not isinstance(kind, DocumentKind) or any(each.several for each in made_from(kind))
        return [each for each in super().actions() if fits or each.name != "bill_together"]  # type: ignore[misc]

    @expose("/convert/", methods=("GET", "POST"))
    def convert_view(self: Any) -> Any:
        """Ask how much of each line, then make a draft of it and open it."""
        row = self.get_one(request.args.get("id"))
        self.insist(self.may_create(row.customer))
        target = next((each for each in DocumentKind if each.value == request.args.get("to")), None) or abort(404)
        form = convert_page.form_of(row, quantities_left(db.session, [row], target))
        if request.method == "GET" or not (idempotency.earlier() or form.validate()):
            return convert_page.answer(self, row, target, form)
        try:
            made = make_once(lambda: convert(db.session, [row], target, form.quantities))
        except DomainError as error:
            form.blame(error)
            return convert_page.answer(self, row, target, form)
        toast(gettext("%(title)s was made from %(source)s.", title=title_of(made), source=row.name), undo=True)
        return go(self.get_url(".details_view", id=made.id))

    @deed(
        "bill_together", N_("Make one deferred invoice…"), Permission.CREATE, meaning=TOGETHER, asking=ASKING,
        unfit=not_to_bill,
    )  # fmt: skip
    def bill_together(self, rows: Sequence[Any]) -> Outcome:
        """Make one invoice of several delivery notes of a customer."""
        draft = convert(db.session, rows, DocumentKind.INVOICE)
        sources = ", ".join(each.name for each in rows)
        return Outcome(gettext("%(title)s was made from %(source)s.", title=draft.name, source=sources), draft)


def is_left(row: Document, target: DocumentKind) -> bool:
    """Return whether anything of a document can still go into one of this kind."""
    return any(left(row, target).values())


def left(row: Document, target: DocumentKind) -> Mapping[int, Decimal]:
    """Return by line how much can still go into a document of this kind; asked once in a request."""
    known: dict[tuple[int, Effect], Mapping[int, Decimal]] = g.setdefault("quantities_left", {})
    key = row.id, target.rules.effect
    if key not in known:
        nothing_kept = target.rules.effect is Effect.NONE
        whole = {line.id: line.quantity for line in row.lines} if nothing_kept else {}
        known[key] = whole or quantities_left(db.session, [row], target)
    return known[key]
