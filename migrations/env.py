"""How Alembic reaches the database: one connection, tables rebuilt where SQLite cannot alter them."""

from typing import Any, Literal

from alembic import context
from sqlalchemy import TypeDecorator, create_engine, pool

from bot.history.models import Base


def as_stored(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """Write a column type of ours into a migration as what SQLite stores: migrations outlive our classes."""
    if kind == "type" and isinstance(item, TypeDecorator):
        return f"sa.{item.impl_instance!r}"
    return False


# As bot.history.database.alembic_config sets it.
engine = create_engine(context.config.attributes["url"], poolclass=pool.NullPool)
with engine.connect() as connection:
    context.configure(
        connection=connection, target_metadata=Base.metadata, render_as_batch=True, render_item=as_stored
    )
    with context.begin_transaction():
        context.run_migrations()
