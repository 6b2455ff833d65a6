"""The commands. Each lives in a module of its own, which is imported only when it is called: `--help` stays quick."""

from __future__ import annotations

import gc
import importlib
import sys
from collections.abc import Sequence
from typing import NamedTuple

import click

from mailbot.cli.exits import Exit


class Lazy(NamedTuple):
    """A command: its name, the module in this package that has it as `command`, and its line in the help."""

    name: str
    module: str
    help: str


COMMANDS = (
    Lazy("demo", "demo", "Показать всё на примере: временный почтовый ящик, ответы, сводка"),
    Lazy("run", "run", "Работать службой: получать, читать, отправлять сводку"),
    Lazy("worker", "worker", 'Читать и отправлять по заданиям службы (queue.engine = "procrastinate")'),
    Lazy("poll", "poll", "Один раз получить и прочесть новые письма"),
    Lazy("parse", "parse", "Показать, что было бы взято из файлов .eml; база не нужна"),
    Lazy("import", "import_", "Занести в базу письма из mbox, Maildir или файлов .eml"),
    Lazy("reread", "reread", "Прочесть заново письма, которые уже в базе"),
    Lazy("review", "review", "Письма, которым нужен человек: список, подробности, решения"),
    Lazy("rollup", "rollup", "Сводка: посмотреть или отправить"),
    Lazy("status", "status", "Как идут дела: ящики, очередь чтения, последняя сводка"),
    Lazy("doctor", "doctor", "Проверить настройки, связь и внешние программы; сказать, как исправить"),
    Lazy("purge", "purge", "Удалить то, чей срок хранения истёк"),
    Lazy("export", "export", "Выгрузить таблицы в Excel или CSV"),
    Lazy("db", "db", "База данных: схема, описание, копия и восстановление, чтение другими"),
)


class LazyGroup(click.Group):
    """A group that knows its commands by the table above and imports one when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Names in the order of the table."""
        return [lazy.name for lazy in COMMANDS]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        """The command, imported now."""
        module = next((lazy.module for lazy in COMMANDS if lazy.name == cmd_name), None)
        if module is None:
            return None
        gc.disable()  # what an import makes stays: looking for rubbish in it again and again takes a tenth of the start
        try:
            _import_structlog()
            command: click.Command = importlib.import_module(f"mailbot.cli.{module}").command
        finally:
            gc.enable()
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's signature
        """The table, with nothing imported."""
        with formatter.section("Команды"):
            formatter.write_dl([(lazy.name, lazy.help) for lazy in COMMANDS])


def _import_structlog() -> None:
    """Import structlog without rich, which it takes, where it is there, for tracebacks that we never show: 4 MB, 35 ms."""
    if "rich" not in sys.modules:
        sys.modules["rich"] = None  # type: ignore[assignment]  # what the import system takes for «not installed»
        try:
            importlib.import_module("structlog")
        finally:
            del sys.modules["rich"]


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]}, epilog=Exit.table())
@click.version_option(package_name="mailbot", message="%(version)s")
def cli() -> None:
    """Читает ответы на письмо ведомства, хранит цифры с доказательствами и ежедневно присылает сводку."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line, and end the process with its exit code. An error is one line; with --debug a traceback."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        outcome = cli.main(given, prog_name="mailbot", standalone_mode=False)
        code = outcome if isinstance(outcome, int) else Exit.OK
    except click.exceptions.Abort:
        code = Exit.INTERRUPTED
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except KeyboardInterrupt:
        code = Exit.INTERRUPTED
    except Exception as error:
        if "--debug" in given:
            raise
        from mailbot.cli.errors import tell  # noqa: PLC0415 - knows every library's errors; imported when one is met

        code = tell(error)
    sys.exit(int(code))
