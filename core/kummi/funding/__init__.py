"""Public money per person: who pays whom, how much, by which rate, for which period."""
