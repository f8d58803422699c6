"""Named writes over several objects: they act and flush; who calls them commits."""
