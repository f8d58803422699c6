"""What the session does by itself, in the order in which it does it."""

from __future__ import annotations

from sqlalchemy import event
from sqlalchemy.orm import Session

from models.gate import gate_reads, gate_writes
from models.history import end_change_set, record_flush
from models.settle import settle_rows

event.listen(Session, "do_orm_execute", gate_reads)
event.listen(Session, "before_flush", gate_writes)
event.listen(Session, "before_flush", settle_rows)
event.listen(Session, "after_flush", record_flush)
event.listen(Session, "after_transaction_end", end_change_set)
