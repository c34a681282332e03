"""The demo's market: a tape made by a seeded model, and the loopback exchanges that play it."""
