"""The page on which one says how much of each line goes into another document."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from flask import request
from flask_admin.form import BaseForm
from flask_babel import gettext

from admin_views import controls
from admin_views.conflicts.idempotency import with_key
from admin_views.documents.words import MAKING
from admin_views.form_page import errors
from admin_views.page import Link
from admin_views.page_form import Notice, Share, SharesPage
from admin_views.say import label, plain, say
from models.billing import TOO_MUCH
from models.description import title_of
from models.document import Document
from models.document_line import DocumentLine
from models.errors import DomainError, Refused
from models.i18n import N_
from models.operations.drafting import NO_WAY, NOTHING_LEFT, conversions
from models.rules.document_kinds import DocumentKind
from models.rules.units import unit_sign

NOTHING_TAKEN = N_("Take something of at least one line.")
NEGATIVE = N_("Type zero to leave it out, or how much to take.")


class SharesForm(BaseForm):
    """A field for the quantity of each line of which something is left."""

    left: Mapping[int, Decimal]

    @property
    def quantities(self) -> dict[int, Decimal]:
        """How much of each line is taken, by key; what is left empty is left out."""
        return {key: self[name].data or Decimal(0) for key, name in self.names.items()}

    @property
    def names(self) -> dict[int, str]:
        """The names of the fields by key of the line."""
        return {key: f"take-{key}" for key, some in self.left.items() if some}

    def validate(self, extra_validators: Any = None) -> bool:
        """Refuse what is no quantity, and to take nothing at all."""
        if not super().validate(extra_validators):
            return False
        for key, quantity in self.quantities.items():
            if quantity < 0:
                self[self.names[key]].errors = [label(NEGATIVE)]
            elif quantity > self.left[key]:
                self[self.names[key]].errors = [say(DomainError(TOO_MUCH, left=plain(self.left[key])))]
        if not self.errors and not any(self.quantities.values()):
            self.form_errors.append(label(NOTHING_TAKEN if self.names else NOTHING_LEFT))
        return not self.errors

    def blame(self, error: DomainError) -> None:
        """Put each refusal beside the quantity that it is about, or on top."""
        for each in error.errors:
            if isinstance(each, Refused) and not each.field:
                raise each
            source = each.subject.source if isinstance(each.subject, DocumentLine) else None
            name = self.names.get(source.id) if source is not None else None
            if name:
                self[name].errors = [*self[name].errors, say(each)]
            else:
                self.form_errors.append(say(each))


def form_of(row: Document, left: Mapping[int, Decimal]) -> Any:
    """Return the form for the lines of a document, filled in with what is left or with what was sent."""
    titles = {f"take-{line.id}": title_of(line) for line in row.lines if left[line.id]}
    fields = {name: controls.Number(title) for name, title in titles.items()}
    form_class = type("LinesForm", (SharesForm,), {**fields, "left": left})
    sent = request.form if request.method == "POST" else None
    return form_class(sent, data=None if sent is not None else {f"take-{key}": some for key, some in left.items()})


def answer(view: Any, row: Document, target: DocumentKind, form: Any) -> Any:
    """Return the page; with status 422 when something is wrong."""
    may = target in {each.target for each in conversions(row)}
    why = (
        None if may and form.names else DomainError(NOTHING_LEFT if may else NO_WAY, target=label(target.label).lower())
    )
    page = SharesPage(
        title=gettext("%(made)s from %(source)s", made=label(target.label), source=row.name),
        url=with_key(request.full_path),
        cancel_url=view.record_url(row),
        submit=label(MAKING[target]).rstrip("…") if target in MAKING else "",
        columns=[gettext("Line"), gettext("Quantity"), gettext("Left"), gettext("Take")],
        shares=[] if why else [_share(line, form) for line in row.lines],
        back=Link(title_of(row), view.record_url(row)),
        errors=list(errors(form)),
        notice=Notice(say(why)) if why else None,
    )
    return view.render("admin/shares.html", page=page, form=form), 422 if request.method == "POST" else 200


def _share(line: Any, form: Any) -> Share:
    name, some = form.names.get(line.id), form.left[line.id]
    unit = unit_sign(line.unit)
    rest = gettext("%(n)s left", n=f"{plain(some)} {unit}") if some else gettext("nothing left")
    return Share(title_of(line), [f"{plain(line.quantity)} {unit}", rest], form[name] if name else None)
