"""What Kummi costs, as ratios: beside the raw database, and beside what one would use instead, in the same run."""
