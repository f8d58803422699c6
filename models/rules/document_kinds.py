"""The kinds of documents, the states they go through and what is made of what: data that the panel draws from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum, auto

from models.choices import Choice
from models.i18n import N_


class DocumentKind(Choice):
    """What a document is."""

    QUOTE = "quote", "grey"
    ORDER = "order", "blue"
    PROFORMA = "proforma", "grey"
    DDT = "ddt", "yellow"
    INVOICE = "invoice", "green"
    RECEIPT = "receipt", "green"
    CREDIT_NOTE = "credit_note", "red"

    @property
    def label(self) -> str:
        """The kind as a person reads it, in English."""
        return self.rules.label

    @property
    def plural(self) -> str:
        """Several of the kind, in English."""
        return self.rules.plural

    @property
    def rules(self) -> KindRules:
        """What holds for documents of this kind."""
        return KINDS[self]


class DocumentStatus(Choice):
    """How far a document has come."""

    DRAFT = "draft", "grey"
    NEW = "new", "grey"
    OPEN = "open", "blue"
    SENT = "sent", "blue"
    READY = "ready", "blue"
    ACCEPTED = "accepted", "green"
    DECLINED = "declined", "red"
    EXPIRED = "expired", "yellow"
    SHIPPED = "shipped", "blue"
    DELIVERED = "delivered", "green"
    COMPLETED = "completed", "green"
    DISPUTED = "disputed", "yellow"
    ARCHIVED = "archived", "grey"
    CANCELLED = "cancelled", "red"


class PaymentState(Choice):
    """How much of a document has been paid."""

    UNPAID = "unpaid", "yellow"
    PARTLY = "partly_paid", "blue"
    PAID = "paid", "green"
    OVERDUE = "overdue", "red"


class Effect(Enum):
    """What a document does with the quantities that it takes over from another."""

    NONE = auto()
    ORDERS = auto()
    DELIVERS = auto()
    BILLS = auto()
    CREDITS = auto()


@dataclass(frozen=True)
class KindRules:
    """What holds for one kind.

    The first of its `states` is the draft, without a number; leaving it for the second issues the document. `days` is
    how long after its date it is due or valid. Payments are recorded against what `is_paid`. Of
    what `is_fiscal` law asks who issues it. What `is_delivered` has a destination; what `moves_goods` tells of the way.
    """

    label: str
    plural: str
    states: Sequence[DocumentStatus]
    effect: Effect = Effect.NONE
    due: str = ""
    days: int = 0
    is_paid: bool = False
    is_fiscal: bool = False
    is_delivered: bool = False
    moves_goods: bool = False

    @property
    def earns(self) -> int:
        """How a document counts among what was earned: what is billed 1, what takes back -1, and nothing else."""
        return -1 if self.effect is Effect.CREDITS else int(self.is_paid)

    @property
    def draft(self) -> DocumentStatus:
        """The state without a number."""
        return self.states[0]

    @property
    def issued(self) -> DocumentStatus:
        """The state that issuing leads to."""
        return self.states[1]

    def steps(self, status: DocumentStatus) -> list[DocumentStatus]:
        """Return the states that can follow: any but the draft, the next one first; none after the end."""
        if status is DocumentStatus.CANCELLED or status is self.draft or status not in self.states:
            return []
        at = self.states.index(status)
        return [*self.states[at + 1 :], *self.states[1:at]]


@dataclass(frozen=True)
class Conversion:
    """One kind made from another; `several` documents of a customer may become one."""

    source: DocumentKind
    target: DocumentKind
    several: bool = False


_S = DocumentStatus

KINDS: Mapping[DocumentKind, KindRules] = {
    DocumentKind.QUOTE: KindRules(
        N_("Quote"), N_("Quotes"), (_S.DRAFT, _S.SENT, _S.ACCEPTED, _S.DECLINED, _S.EXPIRED),
        due=N_("Valid until"), days=30,
    ),
    DocumentKind.ORDER: KindRules(
        N_("Order"), N_("Orders"),
        (_S.NEW, _S.OPEN, _S.READY, _S.SHIPPED, _S.DELIVERED, _S.COMPLETED, _S.CANCELLED),
        Effect.ORDERS, due=N_("Wanted by"), is_delivered=True,
    ),
    DocumentKind.PROFORMA: KindRules(
        N_("Proforma"), N_("Proformas"), (_S.DRAFT, _S.OPEN, _S.SENT, _S.CANCELLED),
        due=N_("Due"), days=30,
    ),
    DocumentKind.DDT: KindRules(
        N_("DDT"), N_("DDTs"), (_S.DRAFT, _S.OPEN, _S.SHIPPED, _S.CANCELLED),
        Effect.DELIVERS, is_fiscal=True, is_delivered=True, moves_goods=True,
    ),
    DocumentKind.INVOICE: KindRules(
        N_("Invoice"), N_("Invoices"), (_S.DRAFT, _S.OPEN, _S.SENT, _S.DISPUTED, _S.ARCHIVED, _S.CANCELLED),
        Effect.BILLS, due=N_("Due"), days=30, is_paid=True, is_fiscal=True,
    ),
    DocumentKind.RECEIPT: KindRules(
        N_("Receipt"), N_("Receipts"), (_S.DRAFT, _S.OPEN, _S.SENT, _S.DISPUTED, _S.ARCHIVED, _S.CANCELLED),
        Effect.BILLS, due=N_("Due"), is_paid=True, is_fiscal=True,
    ),
    DocumentKind.CREDIT_NOTE: KindRules(
        N_("Credit note"), N_("Credit notes"), (_S.DRAFT, _S.OPEN, _S.SENT, _S.ARCHIVED, _S.CANCELLED),
        Effect.CREDITS, is_fiscal=True,
    ),
}  # fmt: skip

CONVERSIONS: Sequence[Conversion] = (
    Conversion(DocumentKind.QUOTE, DocumentKind.ORDER),
    Conversion(DocumentKind.QUOTE, DocumentKind.PROFORMA),
    Conversion(DocumentKind.ORDER, DocumentKind.DDT),
    Conversion(DocumentKind.ORDER, DocumentKind.INVOICE),
    Conversion(DocumentKind.ORDER, DocumentKind.RECEIPT),
    Conversion(DocumentKind.ORDER, DocumentKind.PROFORMA),
    Conversion(DocumentKind.DDT, DocumentKind.INVOICE, several=True),
    Conversion(DocumentKind.PROFORMA, DocumentKind.INVOICE),
    Conversion(DocumentKind.INVOICE, DocumentKind.CREDIT_NOTE),
    Conversion(DocumentKind.RECEIPT, DocumentKind.CREDIT_NOTE),
)


def made_from(source: DocumentKind) -> list[Conversion]:
    """Return what can be made from a document of this kind."""
    return [each for each in CONVERSIONS if each.source is source]


def payment_state(open_amount: Decimal, paid: Decimal) -> PaymentState:
    """Return how much of a document that is owed has been paid."""
    if open_amount <= 0:
        return PaymentState.PAID
    return PaymentState.PARTLY if paid else PaymentState.UNPAID


def conversion(source: DocumentKind, target: DocumentKind) -> Conversion | None:
    """Return how one kind is made from another, if it is."""
    return next((each for each in CONVERSIONS if (each.source, each.target) == (source, target)), None)
