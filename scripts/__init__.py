"""What those who work on Kummi run: never part of the package."""
