"""What of the crawls always runs on PostgreSQL, which is asked by the same criteria as SQLite."""

import pytest

from models.rights import Level

ON_SQLITE = pytest.mark.quick(database=["sqlite"])
AN_OWNED_ONE_AND_A_CHILD = pytest.mark.quick(entity=["customer", "contact"])
THE_WIDEST_LEVEL = pytest.mark.quick(level=[Level.DIVISION])
