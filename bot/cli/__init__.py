"""What the commands of the command line do; like `bot.app` it may know all three rooms."""
