"""Real reference data and a believable demo, the same on every machine."""
