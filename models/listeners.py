"""What the session does by itself, in the order in which it does it."""

from __future__ import annotations

from sqlalchemy import event
from sqlalchemy.orm import Session

from models.billing import keep_quantities
from models.contacting import count_contacts
from models.delegation import keep_from_widening, keep_rights
from models.earning import count_earnings
from models.gate import gate_reads, gate_writes
from models.history import (
    end_change_set,
    forget_change_set,
    note_deleted,
    record_flush,
    remember_change_set,
)
from models.holding import hold_files, let_go_of_files
from models.settle import complete_rows, settle_rows
from models.tree import keep_a_tree

event.listen(Session, "do_orm_execute", gate_reads)
event.listen(Session, "before_flush", complete_rows)
event.listen(Session, "before_flush", gate_writes)
event.listen(Session, "before_flush", keep_rights)
event.listen(Session, "before_flush", keep_a_tree)
event.listen(Session, "before_flush", hold_files)
event.listen(Session, "before_flush", settle_rows)
event.listen(Session, "before_flush", keep_quantities)
event.listen(Session, "before_flush", note_deleted)
event.listen(Session, "after_flush", keep_from_widening)
event.listen(Session, "after_flush", record_flush)
event.listen(Session, "after_flush", count_contacts)
event.listen(Session, "after_flush", count_earnings)
event.listen(Session, "after_commit", remember_change_set)
event.listen(Session, "after_soft_rollback", forget_change_set)
event.listen(Session, "after_transaction_end", end_change_set)
event.listen(Session, "after_transaction_end", let_go_of_files)
