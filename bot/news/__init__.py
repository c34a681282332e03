"""News: headlines from feeds that the operator names, to be quoted with their source and time."""
