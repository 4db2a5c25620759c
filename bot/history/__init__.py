"""Persistence: the SQLite database of jobs and deliveries, and the store of picture files."""
