"""Households by the sheetful: the sheet that a municipality fills in, and how it is taken back."""
