"""The history database, step by step."""
