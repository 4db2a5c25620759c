"""Slash commands and message menus."""
