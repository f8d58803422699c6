"""Writes over several rows, by name. They flush and never commit."""
