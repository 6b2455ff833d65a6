"""Takes a message apart: header fields and a tree of parts, on bytes, in time proportional to the size.

RFC 2045 and 2046, on bytes and without recursion beyond `limits.depth`. The standard library's parser goes line by
line over text (four to six times slower), recurses as deep as the sender likes, and does not keep the bytes of
a nested message, which are to be read as a message of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from mailbot.domain.document import Limits
from mailbot.reading.message.headers import decode_text, parameters

_FIELD = re.compile(rb"([!-9;-~]{1,200})[ \t]*:")
_KNOWN_FIELD = re.compile(
    rb"(?i)(?:content-[a-z-]+|mime-version|from|to|cc|subject|date|message-id|received|reply-to|return-path|x-[a-z-]+)[ \t]*:"
)
_END = re.compile(rb"\n[ \t]*\r?\n")
_FOLD = re.compile(rb"\r?\n(?=[ \t])")
_SNIFFED = re.compile(rb"\s*--([^\s]{1,200})[ \t]*\r?\n[Cc]ontent-[A-Za-z-]+:")
_HEADER_LIMIT = 2_000_000
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_NAME_LIMIT = 200


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a message: its fields by lower-case name in their order, its raw body, and its own parts.

    `cut` is true where the closing boundary is missing; `filename` is decoded and never a path.
    """

    fields: dict[str, tuple[bytes, ...]]
    body: bytes
    content_type: str = "text/plain"
    parameters: dict[str, str] = field(default_factory=dict)
    disposition: str = ""
    filename: str = ""
    encoding: str = ""
    children: tuple[Part, ...] = ()
    cut: bool = False
    labelled: bool = True

    def first(self, name: str) -> bytes:
        """The raw value of the field `name` (lower case), or b"" if it is not there."""
        return self.fields.get(name, (b"",))[0]

    def walk(self) -> Iterator[Part]:
        """The part itself and all parts below it, in order."""
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass(slots=True)
class _Budget:
    parts: int
    exceeded: bool = False


@dataclass(frozen=True, slots=True)
class Tree:
    """A message's root part, and whether parts beyond the limits of number or depth were left unopened."""

    root: Part
    exceeded: bool


def parse(raw: bytes, limits: Limits) -> Tree:
    """Take the message `raw` (RFC 5322) apart. Never raises; what is malformed is read as it was meant."""
    if b"\n" not in raw:
        raw = raw.replace(b"\r", b"\n")
    if b"\r\r\n" in raw:
        raw = raw.replace(b"\r\r\n", b"\r\n")
    budget = _Budget(limits.parts)
    return Tree(_part(raw.lstrip(b"\r\n"), budget, limits.depth, "text/plain"), budget.exceeded)


def split_header(data: bytes) -> tuple[dict[str, tuple[bytes, ...]], bytes]:
    """The unfolded header fields at the start of `data`, and the body behind them."""
    if data.startswith((b"\n", b"\r\n")):
        return {}, data[data.index(b"\n") + 1 :]
    end = _END.search(data, 0, _HEADER_LIMIT)
    head, body = (data[: end.start() + 1], data[end.end() :]) if end else (data[:_HEADER_LIMIT], data[_HEADER_LIMIT:])
    lines = [line.rstrip(b"\r") for line in _FOLD.sub(b"", head).split(b"\n")]
    last_known = next((i for i in range(len(lines) - 1, -1, -1) if _KNOWN_FIELD.match(lines[i])), -1)
    fields: dict[str, list[list[bytes]]] = {}
    value: list[bytes] = []
    for i, line in enumerate(lines):
        if match := _FIELD.match(line):
            value = [line[match.end() :].strip()]
            fields.setdefault(match[1].decode("ascii").lower(), []).append(value)
        elif line.startswith((b"From ", b">From ")) or not line.strip():
            continue
        elif value and i < last_known:
            value.append(line.strip())  # a field that was broken without an indent
        else:
            body = b"\n".join(lines[i:]) + (b"\n" + body if body else b"")
            break
    return {name: tuple(b" ".join(value).strip() for value in values) for name, values in fields.items()}, body


def _part(data: bytes, budget: _Budget, depth: int, default_type: str) -> Part:
    fields, body = split_header(data)
    labelled = "content-type" in fields
    content_type, params = parameters(fields["content-type"][0]) if labelled else (default_type, {})
    if content_type.count("/") != 1:
        content_type = {"text": "text/plain", "html": "text/html"}.get(content_type, default_type)
    disposition, disposition_params = parameters(fields.get("content-disposition", (b"",))[0])
    boundary = params.get("boundary", "").encode("utf-8") if content_type.startswith("multipart/") else b""
    if (not boundary or b"--" + boundary not in body) and (sniffed := _SNIFFED.match(body)):
        boundary = sniffed[1]
        content_type = content_type if content_type.startswith("multipart/") else "multipart/mixed"
    part = Part(
        fields=fields,
        body=body,
        content_type=content_type,
        parameters=params,
        disposition=disposition,
        filename=bare_name(disposition_params.get("filename") or params.get("name") or ""),
        encoding=re.sub(rb"[^a-z0-9-]", b"", fields.get("content-transfer-encoding", (b"",))[0].lower()).decode(),
        labelled=labelled,
    )
    return _opened(part, boundary, budget, depth) if boundary else part


def _opened(part: Part, boundary: bytes, budget: _Budget, depth: int) -> Part:
    """The same part with its own parts; as it is where the limits forbid to open it."""
    if depth <= 0:
        budget.exceeded = True
        return part
    default = "message/rfc822" if part.content_type == "multipart/digest" else "text/plain"
    children = []
    sections = _sections(part.body, boundary)
    for section in sections:
        if budget.parts <= 0:
            budget.exceeded = True
            break
        budget.parts -= 1
        children.append(_part(section, budget, depth - 1, default))
    return Part(
        fields=part.fields,
        body=part.body if not children else b"",
        content_type=part.content_type,
        parameters=part.parameters,
        disposition=part.disposition,
        filename=part.filename,
        encoding=part.encoding,
        children=tuple(children),
        cut=bool(children) and not budget.exceeded and not _is_closed(part.body, boundary),
        labelled=part.labelled,
    )


def _sections(body: bytes, boundary: bytes) -> Iterator[bytes]:
    """The bytes of each part between boundaries, without the line end that belongs to the boundary."""
    start = -1
    for at, after, closing in _delimiters(body, b"--" + boundary):
        if start >= 0:
            end = at - 2 if body[at - 2 : at] == b"\r\n" else at - 1
            yield body[start : max(start, end)]
        start = after
        if closing or after >= len(body):
            return
    if start >= 0:
        yield body[start:]


def _delimiters(body: bytes, mark: bytes) -> Iterator[tuple[int, int, bool]]:
    """Where the lines that consist of the boundary start and end, and whether they close the last part."""
    at = body.find(mark)
    while at >= 0:
        end = body.find(b"\n", at)
        end = len(body) if end < 0 else end + 1
        rest = body[at + len(mark) : end].strip()
        if rest in {b"", b"--"} and (at == 0 or body[at - 1 : at] == b"\n"):
            yield at, end, rest == b"--"
        at = body.find(mark, min(len(body), end))


def _is_closed(body: bytes, boundary: bytes) -> bool:
    return body.rfind(b"--" + boundary + b"--") >= 0


def bare_name(name: str) -> str:
    """A file's bare name, decoded: no folder, no control characters, the last 200 characters.

    >>> bare_name("../../etc/passwd")
    'passwd'
    """
    decoded = decode_text(name.encode("utf-8", "replace")) if "=?" in name else name
    return _CONTROL.sub("", re.split(r"[/\\]", decoded)[-1]).strip(" .")[-_NAME_LIMIT:]
