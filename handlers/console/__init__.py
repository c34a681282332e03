"""The terminal as a third platform: for the demo, for development, and for a bot without tokens."""
