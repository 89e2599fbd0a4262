"""The command line ``jinlin``.

Commands import what they run when they run it: ``--help`` needs no settings and comes at once.
Whatever is wrong with settings or files is said in lines on stderr, with exit status 2.
"""

import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from handlers.texts import doctor as doctor_texts
from handlers.texts import exports as export_texts
from handlers.texts import home_day as home_day_texts
from handlers.texts import menus as menu_texts
from handlers.texts import operators
from handlers.texts import sandbox as sandbox_texts

if TYPE_CHECKING:
    from bot.config import Settings

FAULT = 2

app = typer.Typer(
    help=operators.PROGRAM,
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
roster = typer.Typer(help=operators.ROSTER, no_args_is_help=True, rich_markup_mode=None)
app.add_typer(roster, name="roster")
person = typer.Typer(help=operators.PERSON, no_args_is_help=True, rich_markup_mode=None)
app.add_typer(person, name="person")
menu = typer.Typer(help=menu_texts.MENU, no_args_is_help=True, rich_markup_mode=None)
app.add_typer(menu, name="menu")
service = typer.Typer(help=export_texts.ACCOUNT, no_args_is_help=True, rich_markup_mode=None)
app.add_typer(service, name="account")
ledger = typer.Typer(help=export_texts.LEDGER, no_args_is_help=True, rich_markup_mode=None)
app.add_typer(ledger, name="ledger")


def _refuse(*lines: str) -> NoReturn:
    for line in lines:
        typer.echo(line, err=True)
    raise typer.Exit(FAULT)


def _settings() -> "Settings":
    """Read the settings, or end with a line for each that is wrong."""
    from bot import config, runtime  # noqa: PLC0415 (see above)

    try:
        settings = config.load()
        runtime.check_addresses(settings)
        runtime.prepare_data_dir(settings)
    except config.SettingsError as error:
        _refuse(*map(operators.setting_is_wrong, error.lines))
    return settings


def _fault_of_database(settings: "Settings") -> str | None:
    """Say in a line what keeps the database from being used, or nothing."""
    from sqlalchemy.exc import SQLAlchemyError  # noqa: PLC0415 (see above)

    from storage import database  # noqa: PLC0415

    engine = database.connect(settings.database, pool_size=1, read_only=True)
    try:
        return None if database.is_current(engine) else operators.NOT_MIGRATED
    except SQLAlchemyError:
        return operators.DATABASE_AWAY
    finally:
        engine.dispose()


@app.command(help=operators.SERVE)
def serve(
    host: Annotated[str, typer.Option(help=operators.HOST)] = "127.0.0.1",
    port: Annotated[int, typer.Option(help=operators.PORT, min=1, max=65535)] = 8000,
    workers: Annotated[int, typer.Option(help=operators.WORKERS, min=1, max=64)] = 1,
) -> None:
    """Listen; whether the database is there and migrated is said, and shown by ``/readyz``."""
    settings = _settings()
    import uvicorn  # noqa: PLC0415 (see above)

    from bot import logs  # noqa: PLC0415

    if workers > 1 and settings.database.startswith("sqlite:"):
        _refuse(operators.ONE_PROCESS_ON_SQLITE)
    _look_at_port(host, port)
    fault = _fault_of_database(settings)
    if fault:
        typer.echo(fault, err=True)
    logs.configure()
    uvicorn.run(
        "bot.app:create",
        factory=True,
        host=host,
        port=port,
        workers=workers,
        loop="uvloop",
        http="httptools",
        ws="none",
        access_log=False,
        log_config=None,
        server_header=False,
        timeout_graceful_shutdown=10,
    )


def _look_at_port(host: str, port: int) -> None:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError:
        _refuse(operators.port_is_taken(host, port))


@app.command(help=operators.WORKER)
def worker(
    queues: Annotated[str, typer.Option(help=operators.QUEUES)] = "",
    processes: Annotated[int, typer.Option(help=operators.PROCESSES, min=1, max=64)] = 2,
) -> None:
    """Keep worker processes alive until SIGTERM."""
    _settings()
    from bot import logs, queue  # noqa: PLC0415 (see above)
    from bot import worker as workers  # noqa: PLC0415

    names = [name.strip() for name in queues.split(",") if name.strip()] or list(queue.QUEUES)
    unknown = [name for name in names if name not in queue.QUEUES]
    if unknown:
        _refuse(*(operators.unknown_queue(name, queue.QUEUES) for name in unknown))
    logs.configure()
    workers.supervise(names, processes)


@app.command(help=operators.SCHEDULER)
def scheduler() -> None:
    """Tick until SIGTERM."""
    settings = _settings()
    from bot import logs  # noqa: PLC0415 (see above)
    from bot import scheduler as ticks  # noqa: PLC0415

    logs.configure()
    ticks.run(settings.redis_url)


@app.command(help=operators.MIGRATE)
def migrate() -> None:
    """Run the migrations."""
    settings = _settings()
    from sqlalchemy.exc import OperationalError  # noqa: PLC0415 (see above)

    from storage import database  # noqa: PLC0415

    try:
        database.migrate(settings.database)
    except OperationalError:
        _refuse(operators.DATABASE_AWAY)
    typer.echo(operators.MIGRATED)


@app.command(help=home_day_texts.COMMAND)
def homeday(
    months: Annotated[list[str], typer.Argument(help=home_day_texts.MONTHS, metavar="YYYY-MM…")],
) -> None:
    """Print the home days by the rule; needs no settings, takes their calendar where it is."""
    from bot import config  # noqa: PLC0415 (see above)
    from handlers.rules import home_day  # noqa: PLC0415

    read = {said: home_day.read_month(said) for said in months}
    bad = [said for said, month in read.items() if month is None]
    if bad:
        _refuse(*map(home_day_texts.bad_month, bad))
    try:
        calendar = config.load_calendar()
    except config.SettingsError as error:
        _refuse(*map(operators.setting_is_wrong, error.lines))
    for month in map(home_day.read_month, months):
        if month:
            plan = home_day.plan(month, calendar)
            line = home_day_texts.month_line(
                plan.day, plan.rule_day, plan.moved, is_known=plan.is_known
            )
            typer.echo(line)


@roster.command("import", help=operators.ROSTER_IMPORT)
def roster_import(
    file: Annotated[Path, typer.Argument(help=operators.ROSTER_FILE, metavar="FILE.xlsx")],
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help=operators.DRY_RUN)] = False,
    replace: Annotated[bool, typer.Option("--replace", help=operators.REPLACE)] = False,
) -> None:
    """Import a roster, all of it or nothing."""
    settings = _opened()
    from bot import workbooks  # noqa: PLC0415 (see above)

    try:
        lines = workbooks.import_roster(settings, file, dry_run=dry_run, replace=replace)
    except workbooks.WorkbookError as error:
        _refuse(*error.lines)
    for line in lines:
        typer.echo(line)


def _opened() -> "Settings":
    """Read the settings for a command that works on the database, and set the sealing key."""
    settings = _settings()
    from storage import sealing  # noqa: PLC0415 (see above)

    if fault := _fault_of_database(settings):
        _refuse(fault)
    sealing.set_key(settings.secret_key)
    return settings


@person.command("show", help=operators.PERSON_SHOW)
def person_show(
    query: Annotated[str, typer.Argument(help=operators.PERSON_QUERY, metavar="NAME|PHONE|ID")],
    *,
    phone: Annotated[bool, typer.Option("--phone", help=operators.PERSON_PHONE)] = False,
) -> None:
    """Describe whoever fits."""
    settings = _opened()
    from bot import persons  # noqa: PLC0415 (see above)

    try:
        lines = persons.show(settings, query, with_phone=phone)
    except persons.PersonError as error:
        _refuse(error.line)
    for line in lines:
        typer.echo(line)


@person.command("unbind", help=operators.PERSON_UNBIND)
def person_unbind(
    number: Annotated[int, typer.Argument(help=operators.PERSON_ID, metavar="ID", min=1)],
    identity: Annotated[int, typer.Option("--identity", help=operators.PERSON_IDENTITY, min=1)],
) -> None:
    """Untie an account from a person."""
    settings = _opened()
    from sqlalchemy.exc import OperationalError  # noqa: PLC0415 (see above)

    from bot import persons  # noqa: PLC0415

    try:
        lines = persons.unbind(settings, number, identity)
    except persons.PersonError as error:
        _refuse(error.line)
    except OperationalError:
        _refuse(operators.DATABASE_BUSY)
    for line in lines:
        typer.echo(line)


@service.command("export", help=export_texts.ACCOUNT_EXPORT)
def account_export(
    unit: Annotated[str, typer.Argument(help=export_texts.UNIT, metavar="UNIT")],
    half: Annotated[str, typer.Argument(help=export_texts.HALF, metavar="YYYYH1|YYYYH2")],
    file: Annotated[Path, typer.Argument(help=export_texts.FILE, metavar="FILE.xlsx")],
) -> None:
    """Write what an employer may see of its members."""
    settings = _opened()
    from bot import exports  # noqa: PLC0415 (see above)

    try:
        typer.echo(exports.account(settings, unit, half, file))
    except exports.ExportError as error:
        _refuse(error.line)


@ledger.command("export", help=export_texts.LEDGER_EXPORT)
def ledger_export(
    month: Annotated[str, typer.Argument(help=export_texts.MONTH, metavar="YYYY-MM")],
    file: Annotated[Path, typer.Argument(help=export_texts.FILE, metavar="FILE.xlsx")],
    *,
    street: Annotated[str, typer.Option(help=export_texts.STREET, metavar="CODE")] = "",
) -> None:
    """Write a month's orders."""
    settings = _opened()
    from bot import exports  # noqa: PLC0415 (see above)

    try:
        typer.echo(exports.ledger(settings, month, file, street=street))
    except exports.ExportError as error:
        _refuse(error.line)


@app.command(help=doctor_texts.DOCTOR)
def doctor(
    account: Annotated[str, typer.Option(help=doctor_texts.ACCOUNT)] = "",
    url: Annotated[str, typer.Option(help=doctor_texts.URL)] = "",
) -> None:
    """Look at everything, change nothing; status 2 where something is wrong."""
    from bot import logs  # noqa: PLC0415 (see above)
    from bot.doctor import examination  # noqa: PLC0415

    logs.configure()
    try:
        is_sound = examination.run(typer.echo, account=account, url=url)
    except examination.RequestError as error:
        _refuse(error.line)
    if not is_sound:
        raise typer.Exit(FAULT)


@menu.command("publish", help=menu_texts.PUBLISH)
def menu_publish(
    *,
    account: Annotated[str, typer.Option(help=menu_texts.ACCOUNT, metavar="NAME")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help=menu_texts.DRY_RUN)] = False,
) -> None:
    """Publish the menu to both platforms."""
    settings = _settings()
    from bot import menus  # noqa: PLC0415 (see above)

    has_failed = False
    try:
        for outcome in menus.publish(settings, name=account, is_dry=dry_run):
            has_failed |= not outcome.is_published
            for line in outcome.lines:
                typer.echo(line, err=not outcome.is_published)
    except menus.NoSuchAccountError as error:
        _refuse(error.line)
    if has_failed:
        raise typer.Exit(FAULT)


@app.command(help=operators.DEMO)
def demo() -> None:
    """Run everything on embedded defaults, with sample people."""
    from bot.sandbox import demo as sandbox  # noqa: PLC0415 (see above)

    sandbox.run()


@app.command(help=sandbox_texts.SANDBOX)
def sandbox(
    *,
    host: Annotated[str, typer.Option(help=sandbox_texts.SANDBOX_HOST)] = "127.0.0.1",
    port: Annotated[int, typer.Option(help=sandbox_texts.SANDBOX_PORT, min=1, max=65535)] = 8090,
    url: Annotated[str, typer.Option(help=sandbox_texts.SANDBOX_URL)] = "",
    webhook: Annotated[
        str, typer.Option(help=sandbox_texts.SANDBOX_WEBHOOK)
    ] = "http://127.0.0.1:8000/webhook/{account}",
    config: Annotated[Path | None, typer.Option(help=sandbox_texts.SANDBOX_CONFIG)] = None,
    official: Annotated[
        list[str] | None, typer.Option(help=sandbox_texts.SANDBOX_OFFICIAL, metavar="KEY=VALUE")
    ] = None,
    wecom: Annotated[
        list[str] | None, typer.Option(help=sandbox_texts.SANDBOX_WECOM, metavar="KEY=VALUE")
    ] = None,
) -> None:
    """Stand in for both platforms until Ctrl-C; needs no settings."""
    from bot.sandbox import standalone  # noqa: PLC0415 (see above)

    options = standalone.Options(
        host=host,
        port=port,
        url=url,
        webhook=webhook,
        config=config,
        official=official or (),
        wecom=wecom or (),
    )
    try:
        standalone.run(options, typer.echo)
    except standalone.StandaloneError as error:
        _refuse(*error.lines)


def main() -> None:
    """Run the command line."""
    try:
        app()
    except KeyboardInterrupt:
        typer.echo(operators.INTERRUPTED, err=True)
        sys.exit(130)
