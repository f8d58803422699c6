"""The first page: what a small team wants to see in the morning."""
