"""Generic phases, a country's workflow inside them, the proofs, and diagrams. The only door to ``transitions``."""
