"""Records that stand for the same: found, laid side by side, merged."""
