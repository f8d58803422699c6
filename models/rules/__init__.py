"""What a single value may be: pure functions from a typed value to its normalised form, or a `DomainError`.

Each is idempotent, `clean(clean(value)) == clean(value)`, and expects a value: whether it may be empty is the
field's matter.
"""
