"""Personal data: masked, shown on request, exported, and who looked at them."""
