"""What happened with a record: activities of every kind in one panel."""
