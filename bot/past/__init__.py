"""Past: sums that others have counted, imported by the name of their source."""
