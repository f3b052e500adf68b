"""What is shown: one pydantic model for each thing that ``--json`` prints, and a function that makes it from values."""
