"""Buttons that work after any restart, since their custom id says what they do, and forms."""
