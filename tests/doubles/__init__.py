"""Stand-ins for the chat platforms, on loopback."""
