"""Two people, one record; one form, sent twice; what is gone meanwhile."""
