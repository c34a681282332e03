"""Stored alerts on their way to people: leased, paced, sent, settled."""
