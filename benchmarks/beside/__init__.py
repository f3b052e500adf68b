"""What the move is measured beside. Every one takes the same cases along the same way, and may say no."""
