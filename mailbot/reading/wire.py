"""What travels between the service and the process that reads attachments: frames of JSON and raw bytes.

Nothing is unpickled: a reader that a hostile file has taken over can only send values of the types that the task
declares. A frame is two big-endian 64-bit lengths, a JSON text, and the blobs that the JSON refers to by position.
"""

from __future__ import annotations

import dataclasses
import functools
import json
import struct
import types
import typing
from collections.abc import Callable
from typing import Any, Protocol

_HEAD = struct.Struct(">QQ")
_AS_IT_IS = frozenset((str, int, bool))  # most of what travels are the texts of cells: they are worth no call each

Decoder = Callable[[Any, list[bytes]], Any]


class Source(Protocol):
    """Where frames come from: a binary file, as far as they need one."""

    def read(self, size: int, /) -> bytes:
        """So many bytes, or fewer where it ends before."""


class Sink(Protocol):
    """Where frames go."""

    def write(self, data: bytes, /) -> object:
        """Take all of these bytes."""

    def flush(self) -> object:
        """Have them on their way."""


class WireError(ValueError):
    """A frame that is cut off or not of the declared types."""


class FrameTooLargeError(WireError):
    """A frame beyond the size that the receiver allows."""


def pack(value: object) -> bytes:
    """A value of dataclasses, tuples, texts, numbers, truth values and bytes as the content of one frame."""
    blobs: list[bytes] = []
    text = json.dumps(_plain(value, blobs), separators=(",", ":")).encode("ascii")
    table = json.dumps([len(blob) for blob in blobs]).encode("ascii")
    body = _HEAD.pack(len(text), len(table)) + text + table
    return b"".join((body, *blobs))


def unpack(data: bytes, kinds: tuple[type, ...]) -> tuple[Any, ...]:
    """Read the values of one frame's content, each checked to be of its type.

    Raises:
        WireError: the content is malformed or holds a value of another type.

    """
    try:
        text_size, table_size = _HEAD.unpack_from(data)
        start = _HEAD.size + text_size
        values = json.loads(data[_HEAD.size : start])
        sizes = json.loads(data[start : start + table_size])
        blobs = _cut(memoryview(data)[start + table_size :], sizes)
        _demand(isinstance(values, list) and len(values) == len(kinds), "number of values")
        return tuple(_decoder(kind)(value, blobs) for kind, value in zip(kinds, values, strict=True))
    except (struct.error, RecursionError, TypeError, IndexError, ValueError) as error:
        raise WireError(f"malformed frame: {error}") from error


def write_frame(stream: Sink, label: str, content: bytes) -> None:
    """Send one frame: a short label («ok», a function's name) and content made by `pack`."""
    name = label.encode("ascii")
    stream.write(_HEAD.pack(len(name), len(content)) + name)
    stream.write(content)
    stream.flush()


def read_frame(stream: Source, bound: int) -> tuple[str, bytes] | None:
    """The next frame's label and content; None where the stream has ended before a frame.

    Raises:
        WireError: the frame is cut off; FrameTooLargeError: it is longer than `bound` bytes.

    """
    head = stream.read(_HEAD.size)
    if not head:
        return None
    if len(head) < _HEAD.size:
        raise WireError("frame cut off")
    name_size, size = _HEAD.unpack(head)
    if name_size > 100 or size > bound:
        raise FrameTooLargeError("frame too large")
    data = stream.read(name_size + size)
    if len(data) < name_size + size:
        raise WireError("frame cut off")
    return data[:name_size].decode("ascii", "replace"), data[name_size:]


def _plain(value: Any, blobs: list[bytes]) -> Any:
    if isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, bytes):
        blobs.append(value)
        return len(blobs) - 1
    parts = value if isinstance(value, tuple) else [getattr(value, name) for name in _names(value.__class__)]
    plain = [part if type(part) in _AS_IT_IS else _plain(part, blobs) for part in parts]
    return plain if parts is value else [type(value).__name__, *plain]


def _cut(data: memoryview, sizes: Any) -> list[bytes]:
    blobs = []
    start = 0
    for size in sizes:
        _demand(type(size) is int and 0 <= size <= len(data) - start, "length of a blob")
        blobs.append(bytes(data[start : start + size]))
        start += size
    return blobs


@functools.cache
def _names(kind: type) -> tuple[str, ...]:
    if not dataclasses.is_dataclass(kind):
        raise TypeError(f"{kind.__name__} does not travel")
    return tuple(field.name for field in dataclasses.fields(kind))


@functools.cache
def _decoder(kind: Any) -> Decoder:
    if kind is bytes:
        return _blob
    if kind in (str, int, bool):
        return functools.partial(_simple, kind)
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin is typing.Literal:
        return functools.partial(_one_of, arguments)
    if origin is tuple and len(arguments) == 2 and arguments[1] is ...:
        return functools.partial(_sequence, _decoder(arguments[0]))
    choices = arguments if origin in (typing.Union, types.UnionType) else (kind,)
    if all(dataclasses.is_dataclass(choice) for choice in choices):
        return functools.partial(_record, {choice.__name__: (choice, _fields(choice)) for choice in choices})
    raise TypeError(f"{kind} does not travel")


def _fields(kind: type) -> tuple[Decoder, ...]:
    hints = typing.get_type_hints(kind)
    return tuple(_decoder(hints[name]) for name in _names(kind))


def _demand(holds: bool, what: str) -> None:
    if not holds:
        raise WireError(f"unexpected {what}")


def _simple(kind: type, value: Any, _blobs: list[bytes]) -> Any:
    if type(value) is not kind:
        raise WireError(f"unexpected type of a value, not {kind.__name__}")
    return value


def _one_of(choices: tuple[object, ...], value: Any, _blobs: list[bytes]) -> Any:
    _demand(value in choices, "choice")
    return value


def _blob(value: Any, blobs: list[bytes]) -> bytes:
    if type(value) is not int or not 0 <= value < len(blobs):
        raise WireError("unexpected blob")
    return blobs[value]


def _sequence(item: Decoder, value: Any, blobs: list[bytes]) -> tuple[Any, ...]:
    _demand(isinstance(value, list), "sequence")
    return tuple([item(element, blobs) for element in value])


def _record(choices: dict[str, tuple[type, tuple[Decoder, ...]]], value: Any, blobs: list[bytes]) -> Any:
    if not (isinstance(value, list) and value and isinstance(value[0], str) and value[0] in choices):
        raise WireError("unexpected record")
    kind, decoders = choices[value[0]]
    if len(value) - 1 != len(decoders):
        raise WireError(f"unexpected length of {value[0]}")
    return kind(*[decode(element, blobs) for decode, element in zip(decoders, value[1:], strict=True)])
