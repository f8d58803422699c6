"""What the first page shows of customers, documents and tasks, and with what one begins."""

from __future__ import annotations

from admin_views.dashboard.cards import MONTH, WEEK, Chart, Figure, Step, Table, begin_with, register
from models.company import Company
from models.customer import Customer
from models.document import Document
from models.i18n import N_
from models.task import Task
from models.user import User

TO_DO = {"done": "0", "due__to": "today"}

register(
    Table(
        title=N_("Your tasks, due by today"),
        model=Task,
        place=10,
        where={**TO_DO, "assignee": "me"},
        sort="due",
        columns=["customer", "due", "state"],
        figures=[
            Figure(N_("%(n)s overdue"), {"assignee": "me", "state": "overdue"}),
            Figure(N_("%(n)s due for everybody"), TO_DO),
        ],
        empty=N_("Nothing is due today. Good."),
    ),
    Table(
        title=N_("Overdue invoices"),
        model=Document,
        place=20,
        where={"kind": "invoice", "payment": "overdue"},
        sums="open_amount",
        sort="due",
        columns=["customer", "due", "open_amount"],
        empty=N_("No overdue invoices. Good."),
    ),
    Table(
        title=N_("Quotes to follow up"),
        model=Document,
        place=30,
        where={"kind": "quote", "status": "sent"},
        sums="total",
        sort="date",
        columns=["customer", "date", "total"],
        empty=N_("No quotes are waiting for an answer."),
    ),
    Table(
        title=N_("Not contacted for 90 days"),
        model=Customer,
        place=50,
        wide=True,
        where={"status": "active", "last_contacted__not_last": "90"},
        sort="-lifetime_value",
        columns=["last_contacted", "lifetime_value", "owner"],
        empty=N_("You have been in touch with every customer. Good."),
    ),
    Chart(
        title=N_("Invoiced by month and channel"),
        model=Document,
        place=60,
        where={"kind": "invoice", "status__not": ["draft", "cancelled"]},
        sums="total",
        along="date",
        step=MONTH,
        by="customer.channel",
        wide=True,
        empty=N_("Nothing was invoiced in the last 12 months."),
    ),
    Chart(
        title=N_("New customers by week"),
        model=Customer,
        place=40,
        where={},
        along="created_at",
        step=WEEK,
        empty=N_("No new customers in the last 12 weeks."),
    ),
)

begin_with(
    Step(N_("Say who sells: your company's name, address and bank"), Company),
    Step(N_("Add your first customer"), Customer, ends=True),
    Step(N_("Let a colleague sign in"), User, besides=1),
)
