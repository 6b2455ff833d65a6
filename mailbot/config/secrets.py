"""Secrets: from a file, or from a command that prints a fresh token. They are never shown, not even in an error."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

from pydantic import SecretStr

TOKEN_SECONDS = 30


class TokenError(OSError):
    """The token command failed; the sentence doesn't repeat what it printed."""


def read_secret(path: Path) -> SecretStr:
    """The first line of a file. Raises OSError, or ValueError where the file is empty."""
    lines = path.read_text(encoding="utf-8").splitlines()
    if not lines or not lines[0].strip():
        raise ValueError(f"файл {path} пуст")
    return SecretStr(lines[0].strip())


def token_source(command: tuple[str, ...]) -> Callable[[], SecretStr]:
    """A function that runs `command` (no shell) and returns what it prints: an OAuth 2.0 access token.

    The function raises TokenError when the command fails, prints nothing, or takes longer than half a minute.
    """

    def fetch() -> SecretStr:
        try:
            done = subprocess.run(command, capture_output=True, check=False, text=True, timeout=TOKEN_SECONDS)  # noqa: S603 - the operator's own command
        except subprocess.TimeoutExpired:
            raise TokenError(f"token_command не ответила за {TOKEN_SECONDS} с") from None
        except (OSError, UnicodeDecodeError) as error:
            raise TokenError(f"token_command не запускается: {type(error).__name__}") from None
        if done.returncode != 0 or not done.stdout.strip():
            raise TokenError(f"token_command не дала токена (код возврата {done.returncode})")
        return SecretStr(done.stdout.strip())

    return fetch
