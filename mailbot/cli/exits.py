"""Exit codes: documented here, in `mailbot --help`, and nowhere else."""

from __future__ import annotations

from enum import IntEnum


class Exit(IntEnum):
    """What the process says to the shell and to monitors."""

    OK = 0
    FAULT = 1
    USAGE = 2
    CONFIGURATION = 3
    SERVER = 4
    DATABASE = 5
    UNHEALTHY = 6
    INTERRUPTED = 130

    @classmethod
    def table(cls) -> str:
        """The codes and their meaning, for the help."""
        return "\b\nКоды возврата:\n" + "\n".join(f"  {int(code):>3}  {_MEANINGS[code]}" for code in cls)


_MEANINGS = {
    Exit.OK: "всё сделано",
    Exit.FAULT: "часть работы не удалась, или внутренняя ошибка",
    Exit.USAGE: "неверные аргументы",
    Exit.CONFIGURATION: "ошибка в настройках",
    Exit.SERVER: "почтовый сервер недоступен или отказал",
    Exit.DATABASE: "база данных недоступна, занята другой службой, или её схема не та",
    Exit.UNHEALTHY: "status, doctor и db check: найдены неполадки",
    Exit.INTERRUPTED: "прервано с клавиатуры",
}
