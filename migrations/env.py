"""Alembic's environment: run all migrations on one connection, in one transaction."""

from typing import Any, Literal

from alembic import context
from sqlalchemy import Connection, TypeDecorator, create_engine, event, pool

from bot.history.models import Base


def as_stored(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """Render a custom column type as the type that SQLite stores, as migrations outlive custom classes."""
    if kind == "type" and isinstance(item, TypeDecorator):
        return f"sa.{item.impl_instance!r}"
    return False


def begin_immediate(connection: Connection) -> None:
    """Begin a transaction that holds SQLite's write lock from its first statement."""
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def leave_transactions_to_us(connection: Any, _record: Any) -> None:
    """Keep Python's sqlite3 from beginning transactions itself, which it does for INSERT but not for DDL."""
    connection.isolation_level = None


# As bot.history.migration.alembic_config sets it.
engine = create_engine(
    context.config.attributes["url"],
    poolclass=pool.NullPool,
    connect_args={"timeout": context.config.attributes["timeout"]},
)
# SQLite's DDL is transactional, but sqlite3 commits each statement of it on its own: see
# "Transactional DDL" in SQLAlchemy's documentation of its SQLite dialect.
event.listen(engine, "connect", leave_transactions_to_us)
event.listen(engine, "begin", begin_immediate)
with engine.connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        render_item=as_stored,
        transactional_ddl=True,
        transaction_per_migration=False,
    )
    with context.begin_transaction():
        context.run_migrations()
