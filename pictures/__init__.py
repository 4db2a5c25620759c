"""Pictures: geometry, a safe decoder, encoding, colour, and recipes of how they were made."""
