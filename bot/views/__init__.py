"""Buttons and forms that work for ever: what they mean is in their ids."""
