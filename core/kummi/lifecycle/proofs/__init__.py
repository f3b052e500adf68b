"""What is proved of a workflow before it runs: each proof, and the shortest path that breaks it."""
