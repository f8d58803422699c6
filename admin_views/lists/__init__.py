"""Lists: their state in the address, filters said as sentences, a page of rows, a file of all."""
