"""What the author of a plugin tests with: scenarios played on a throw-away database, and an invented country."""
