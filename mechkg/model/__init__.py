"""Frozen values, checked at the border and trusted inside."""
