"""Outcrop in a browser, with no Discord account."""
