"""The demo's market: a tape and a past made by a seeded model, and exchanges on loopback that play
it and answer for its markets."""
