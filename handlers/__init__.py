"""The room that talks: commands, and the platforms that carry them."""
