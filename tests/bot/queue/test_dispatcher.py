from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
from sqlalchemy import Engine, event

from bot.history.jobs import Jobs
from bot.history.picture_store import PictureStore
from bot.limits import BotLimits
from bot.queue.dispatcher import Dispatcher
from bot.wakeup import Wakeup
from bus.connection import Bus
from bus.engine_registry import EngineRegistry
from tests.bot.factories import add_job, make_waiting_job


@pytest.mark.parametrize("waiting", [1, 30])
async def test_a_pass_without_a_free_engine_takes_the_same_few_queries_for_any_queue(
    jobs: Jobs, tmp_path: Path, waiting: int
) -> None:
    for person in range(waiting):
        await add_job(jobs, make_waiting_job(person))
    dispatcher = Dispatcher(
        jobs=jobs,
        store=PictureStore(tmp_path),
        bus=Mock(spec=Bus),
        registry=EngineRegistry(lambda: None),
        limits=BotLimits(),
        wakeup=Wakeup("queue"),
        status_wakeup=Wakeup("status"),
    )
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        statements.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        await dispatcher.dispatch()
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    assert 1 <= len(statements) <= 4
