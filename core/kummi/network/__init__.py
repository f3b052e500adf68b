"""Comparing countries by what their plugins declare; no personal data comes here."""
