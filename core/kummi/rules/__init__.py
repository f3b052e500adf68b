"""Criteria and decisions: one definition, decided for a case, compiled to SQL, said in words."""
