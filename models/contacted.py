"""When one was in touch last, and how often."""

from __future__ import annotations

from sqlalchemy.orm import Mapped

from models.fields import Count, Moment, field
from models.i18n import N_


class Contacted:
    """Adds the last call or email, and how many there were; `models/contacting.py` keeps both."""

    last_contacted: Mapped[Moment | None] = field(
        fixed=True, followed=True, index=True, none=N_("never"), help="The last call or email."
    )
    times_contacted: Mapped[Count] = field(
        default=0, server_default="0", fixed=True, followed=True, index=True, help="Calls and emails that came through."
    )
