"""The feed against exchanges on loopback."""
