"""The room that remembers: rows in, core types out. It alone knows SQL."""
