"""Discord: slash commands, embeds and components, over discord.py."""
