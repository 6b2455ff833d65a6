"""The signed token in every roll-up: a reply carries it back, and it says which roll-up is answered.

«mb1.2021-08-16.daily.0f3c…»: date and kind of the roll-up, and the first 32 hexadecimal digits of HMAC-SHA256
(RFC 2104) over them and the campaign's name. It holds no space, so that no mail program wraps it, and nothing that
isn't allowed in a Message-ID.
"""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass
from datetime import date
from hashlib import sha256

_DIGITS = 32
_TOKEN = re.compile(r"\bmb1\.(\d{4}-\d{2}-\d{2})\.([a-z]{1,20}(?:-\d{6})?)\.([0-9a-f]{8,64})\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class RollupName:
    """Which roll-up: for which date, of which kind («daily», «final», «extra-070000»)."""

    date: date
    kind: str

    def __str__(self) -> str:
        """«2021-08-16 daily»."""
        return f"{self.date.isoformat()} {self.kind}"


@dataclass(frozen=True, slots=True)
class Signer:
    """Makes and checks the tokens of one campaign."""

    key: bytes
    campaign: str

    def sign(self, day: date, kind: str) -> str:
        """The token of a roll-up."""
        return f"mb1.{day.isoformat()}.{kind}.{self._digest(day.isoformat(), kind)}"

    def check(self, token: str) -> RollupName | None:
        """The roll-up that a genuine token names; None for one that was not signed with our key."""
        match = _TOKEN.fullmatch(token.strip())
        if match is None:
            return None
        day, kind, given = match[1], match[2].lower(), match[3].lower()
        if not hmac.compare_digest(self._digest(day, kind), given):
            return None
        return RollupName(date.fromisoformat(day), kind)

    def _digest(self, day: str, kind: str) -> str:
        text = f"mailbot reply\n{self.campaign}\n{day}\n{kind}"
        return hmac.new(self.key, text.encode(), sha256).hexdigest()[:_DIGITS]


def find_tokens(text: str) -> tuple[str, ...]:
    """Everything in the text that looks like a token, genuine or not, in order, each once."""
    return tuple(dict.fromkeys(match[0] for match in _TOKEN.finditer(text)))
