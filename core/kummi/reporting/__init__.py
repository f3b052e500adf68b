"""Indicators and report files, built from stored cases without a name in them."""
