"""Data files of plugins: YAML with line numbers, read into models, every fault at its line."""
