"""What was changed and by whom, what a record was on a day, and what is new since one was here."""
