"""Email: written in a form, sent over SMTP, tried again."""
