"""What tests of the panel's pages may ask for."""

from __future__ import annotations

from tests.admin_views.mails import delta, post

__all__ = ["delta", "post"]
