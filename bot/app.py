"""The web application: the webhook, and what operators and monitoring look at."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import Future
from contextlib import asynccontextmanager

import structlog
from fastapi import FastAPI
from redis import Redis
from redis.exceptions import RedisError
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from bot import config, logs, metrics, processes, queue, runtime
from bot.nudge import NudgeThread
from bot.runtime import Runtime
from bot.turns import TurnThread
from bot.webhook import Webhook
from handlers import turn
from handlers.messages import Answer, Incoming
from storage import database

_PROBE_SECONDS = 2.0

log = structlog.stdlib.get_logger(__name__)


class Readiness:
    """Looks at database and Redis with connections of its own, and never for long.

    A look that hangs is not joined by others: whoever asks meanwhile waits for the same one.
    """

    def __init__(self, database_url: str, redis_url: str, seconds: float = _PROBE_SECONDS) -> None:
        self._engine: Engine = database.connect(database_url, pool_size=1, read_only=True)
        self._redis: Redis = queue.connect(redis_url)
        self._seconds = seconds
        self._looks: dict[str, Future[str]] = {}

    async def state(self) -> dict[str, str]:
        """Say how the two are: the database decides, Redis is only speed."""
        found, speed = await asyncio.gather(
            self._look("database", self._look_at_database, otherwise="unreachable"),
            self._look("redis", self._look_at_redis, otherwise="degraded"),
        )
        return {"database": found, "redis": speed}

    async def _look(self, name: str, look: Callable[[], str], *, otherwise: str) -> str:
        running = self._looks.get(name)
        if running is None or running.done():
            running = self._looks[name] = _in_thread(look)
        done, _ = await asyncio.wait({asyncio.wrap_future(running)}, timeout=self._seconds)
        return running.result() if done else otherwise

    def _look_at_database(self) -> str:
        try:
            return "ok" if database.is_current(self._engine) else "not migrated"
        except SQLAlchemyError:
            return "unreachable"
        finally:
            self._engine.dispose()  # the next look opens its own connection

    def _look_at_redis(self) -> str:
        try:
            self._redis.ping()
        except RedisError:
            return "degraded"
        return "ok"

    def close(self) -> None:
        """Give the connections back."""
        self._engine.dispose()
        self._redis.close()


def _in_thread(look: Callable[[], str]) -> Future[str]:
    """Look in a thread that does not keep the process from ending, as an executor's would."""
    found: Future[str] = Future()

    def work() -> None:
        try:
            found.set_result(look())
        except BaseException as error:
            found.set_exception(error)
            raise

    threading.Thread(target=work, name="readiness", daemon=True).start()
    return found


def build(opened: Runtime, run: Callable[[Sequence[Incoming]], list[Answer]]) -> FastAPI:
    """Put the application together.

    Args:
        opened: the process's parts; closed when the application ends.
        run: carries turns, see ``TurnThread``.
    """
    nudges = NudgeThread(queue.connect(opened.settings.redis_url))
    turns = TurnThread(run, hurry=nudges.hurry)
    readiness = Readiness(opened.settings.database, opened.settings.redis_url)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        nudges.start()
        turns.start()
        log.info("web process started")
        yield
        await turns.stop()
        await asyncio.to_thread(nudges.stop)
        readiness.close()
        opened.close()
        log.info("web process stopped")

    async def healthz(_: Request) -> Response:
        return PlainTextResponse("ok\n")

    async def readyz(_: Request) -> Response:
        state = await readiness.state()
        return JSONResponse(state, status_code=200 if state["database"] == "ok" else 503)

    async def measured(_: Request) -> Response:
        return Response(metrics.render(), media_type=metrics.CONTENT_TYPE)

    app = FastAPI(lifespan=lifespan, openapi_url=None, redirect_slashes=False)
    webhook = Webhook(opened.channels, turns, now=opened.now)
    app.router.routes.extend(
        [
            Route("/webhook/{account}", webhook),
            Route("/healthz", healthz),
            Route("/readyz", readyz),
            Route("/metrics", measured),
        ]
    )
    return app


def create() -> FastAPI:
    """Make the application from the environment; uvicorn calls it in every web process.

    Raises:
        SettingsError: a setting is missing or bad.
    """
    logs.configure()
    processes.end_with_parent()
    opened = runtime.open_runtime(config.load())
    policy = opened.settings.policy

    def run(turns: Sequence[Incoming]) -> list[Answer]:
        return turn.many(opened.engine, turns, policy=policy, now=opened.now())

    return build(opened, run)
