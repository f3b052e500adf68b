"""Public money per person: what is paid to whom, how it was computed, and what is not known."""
