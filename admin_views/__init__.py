"""How people reach what models know: lists, records, forms, and the door."""
