"""Schema migrations of the history database, run by Alembic."""
