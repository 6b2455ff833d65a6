"""A configuration's faults, each in one Russian line with the key's path. No line repeats a value: it may be a secret."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import ValidationError

_SENTENCES: Mapping[str, str] = {
    "missing": "ключ обязателен, но не задан",
    "extra_forbidden": "такого ключа нет; проверьте написание (см. config.example.toml)",
    "int_parsing": "нужно целое число",
    "int_type": "нужно целое число",
    "int_from_float": "нужно целое число",
    "float_parsing": "нужно число",
    "float_type": "нужно число",
    "bool_parsing": "нужно true или false",
    "bool_type": "нужно true или false",
    "string_type": "нужна строка в кавычках",
    "tuple_type": "нужен список в квадратных скобках",
    "dict_type": "нужна таблица TOML",
    "mapping_type": "нужна таблица TOML",
    "model_type": "нужна таблица TOML",
    "model_attributes_type": "нужна таблица TOML",
    "path_type": "нужен путь к файлу в кавычках",
    "time_parsing": "нужно время, например 08:00:00",
    "time_type": "нужно время, например 08:00:00",
    "datetime_type": "нужны дата и время, например 2021-08-17T15:00:00+03:00",
    "datetime_parsing": "нужны дата и время, например 2021-08-17T15:00:00+03:00",
    "datetime_from_date_parsing": "нужны дата и время, например 2021-08-17T15:00:00+03:00",
    "timezone_aware": "у времени нужен часовой пояс, например +03:00",
    "greater_than": "число должно быть больше {gt}",
    "greater_than_equal": "число должно быть не меньше {ge}",
    "less_than_equal": "число должно быть не больше {le}",
    "too_short": "нужно хотя бы одно значение",
    "string_too_short": "значение пусто",
    "string_pattern_mismatch": "строка должна отвечать образцу {pattern}",
    "literal_error": "возможные значения: {expected}",
    "value_error": "{error}",
}


def describe(error: ValidationError, before: Iterable[str] = ()) -> list[str]:
    """One line for each fault: «smtp.port: нужно целое число». `before` is put in front of each path."""
    lines = []
    for fault in error.errors(include_input=False, include_url=False):
        path = ".".join([*before, *(str(step) for step in fault["loc"])])
        lines.append(f"{path}: {_sentence(fault['type'], fault['msg'], fault.get('ctx', {}))}")
    return lines


def _sentence(kind: str, message: str, context: Mapping[str, Any]) -> str:
    template = _SENTENCES.get(kind)
    return template.format_map(context) if template else message
