"""What our own mail server says of a mail's sender: Authentication-Results (RFC 8601).

Anybody can write such a header into a mail. Servers put theirs on top, and ours is known by its name (authserv-id); so
only the topmost header of that name counts. A pass counts where it is aligned with the sender's address: DKIM's or
SPF's domain is that of the address, or one above it («tatar.ru» for «roo.tatar.ru»), never one below.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from fnmatch import fnmatchcase

_METHOD = re.compile(r"\s*([a-z][a-z0-9-]*)(?:\s*/\s*\d+)?\s*=\s*([a-z]+)", re.IGNORECASE)
_DOMAIN_OF = {
    "dkim": re.compile(r"\bheader\.(?:d|i)\s*=\s*\"?(?:[^\s;\"@]*@)?([\w.-]+)", re.IGNORECASE),
    "spf": re.compile(r"\bsmtp\.(?:mailfrom|mail)\s*=\s*\"?(?:[^\s;\"@]*@)?([\w.-]+)", re.IGNORECASE),
}
_REFUTING = {"dkim", "spf", "dmarc"}
_COMMENT = re.compile(r"\([^()]*\)")
_DEEPEST = 10


def fault(results: Sequence[str], authserv_ids: Sequence[str], address: str) -> str | None:
    """Why the mail may not be from `address`, in a Russian sentence; None where our server vouches for it.

    `results` are the values of the mail's Authentication-Results headers, the topmost first.

    >>> fault(["mx.example.org; dkim=pass header.d=tatar.ru"], ["mx.example.org"], "boss@tatar.ru")
    >>> fault(["mx.example.org; dkim=pass header.d=evil.ru"], ["mx.example.org"], "boss@tatar.ru")
    'Ни подпись DKIM, ни проверка SPF не подтвердили, что письмо отправлено с домена tatar.ru.'
    """
    if not authserv_ids:
        return "В настройках не указано, каким именем почтовый сервер отмечает проверку писем (replies.authserv_ids)."
    own = _own(results, authserv_ids)
    if own is None:
        return "Почтовый сервер не отметил, что проверил отправителя этого письма."
    domain = address.rpartition("@")[2].lower()
    if any(_passes(part, domain) for part in own[1:]):
        return None
    return f"Ни подпись DKIM, ни проверка SPF не подтвердили, что письмо отправлено с домена {domain}."


def refuted(results: Sequence[str], authserv_ids: Sequence[str], address: str) -> bool:
    """Whether our server says that the mail is hardly from `address`: a check failed, and none passed for its domain.

    Less than the opposite of `fault`: where our server says nothing, or the domain publishes nothing to go by, nothing
    is refuted.

    >>> refuted(["mx.example.org; spf=fail smtp.mailfrom=evil.ru"], ["mx.example.org"], "boss@tatar.ru")
    True
    >>> refuted(["mx.example.org; spf=none; dkim=none"], ["mx.example.org"], "boss@tatar.ru")
    False
    """
    own = _own(results, authserv_ids)
    if own is None or any(_passes(part, address.rpartition("@")[2].lower()) for part in own[1:]):
        return False
    methods = (_METHOD.match(part) for part in own[1:])
    return any(
        method[1].lower() in _REFUTING and method[2].lower() in {"fail", "softfail"} for method in methods if method
    )


def _own(results: Sequence[str], authserv_ids: Sequence[str]) -> list[str] | None:
    """The parts of the topmost header that our server wrote, if it wrote any."""
    return next((parts for parts in map(_parts, results) if _is_ours(parts[0], authserv_ids)), None)


def _parts(value: str) -> list[str]:
    """The authserv-id and the results behind it, without comments."""
    text = value
    for _ in range(_DEEPEST):
        shorter = _COMMENT.sub(" ", text)
        if shorter == text:
            break
        text = shorter
    return text.split(";")


def _is_ours(first: str, authserv_ids: Sequence[str]) -> bool:
    """Whether the header's first part names our server; a version may follow the name."""
    words = first.split()
    return bool(words) and any(fnmatchcase(words[0].lower(), name.lower()) for name in authserv_ids)


def _passes(part: str, domain: str) -> bool:
    method = _METHOD.match(part)
    if method is None or method[2].lower() != "pass":
        return False
    pattern = _DOMAIN_OF.get(method[1].lower())
    return pattern is not None and any(_is_aligned(found.lower(), domain) for found in pattern.findall(part))


def _is_aligned(signed: str, domain: str) -> bool:
    """Whether who speaks for `signed` may speak for `domain`; a top-level domain speaks for nobody."""
    return "." in signed.strip(".") and (domain == signed or domain.endswith(f".{signed}"))
