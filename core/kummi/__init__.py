"""What the author of a plugin imports, and nothing else."""

from kummi.hookspecs import hookimpl

__all__ = ["hookimpl"]
