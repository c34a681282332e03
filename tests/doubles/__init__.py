"""Stand-ins for the chat platforms and the exchanges, on loopback."""
