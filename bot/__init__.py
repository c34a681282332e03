"""The room that watches: markets in, alerts out. It knows no chat platform and no SQL."""
