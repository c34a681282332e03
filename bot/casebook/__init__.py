"""Casebook: what is known of one moment of one event, for sentences, charts and files."""
