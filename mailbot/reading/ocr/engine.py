"""Tesseract, through tesserocr where that is installed, else through its command line.

Both give the same table of words (Tesseract's TSV), so that the rest of recognition does not know which one runs.
"""

from __future__ import annotations

import csv
import functools
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from mailbot.domain.interpretation import FindingCode
from mailbot.reading.troubles import Fault

Gray = NDArray[np.uint8]
"""A picture in shades of grey: rows by columns, 0 is black."""

SPARSE, BLOCK, COLUMN, LINE = 11, 6, 4, 7
"""Tesseract's page segmentation modes: text anywhere, one block, lines of different sizes, a single line."""

_DATA_FOLDERS = (
    "/usr/share/tesseract-ocr/5/tessdata",
    "/usr/share/tesseract-ocr/4.00/tessdata",
    "/usr/share/tesseract/tessdata",
    "/usr/share/tessdata",
    "/usr/local/share/tessdata",
    "/opt/homebrew/share/tessdata",
)
RUSSIAN = "rus"
_CALL_SECONDS = 60
_DPI = "300"  # which Tesseract expects of letters of the size that pages are brought to
_WORD_LEVEL = "5"
REMEDY = "установите пакеты tesseract-ocr и tesseract-ocr-rus"


class OcrUnavailable(Fault):
    """Tesseract, or its data for Russian, is not installed."""

    code = FindingCode.OCR_UNAVAILABLE


@dataclass(frozen=True, slots=True)
class Token:
    """A word as Tesseract read it: its box in pixels, and its confidence from 0 to 100."""

    text: str
    left: int
    top: int
    width: int
    height: int
    confidence: float


class Engine(Protocol):
    """What reads a picture."""

    languages: frozenset[str]

    def read(self, picture: Gray, mode: int, languages: str, letters: str = "") -> list[Token]:
        """The words found; `letters` are the only ones allowed, where given; `languages` as in «rus+eng»."""
        ...

    def places(self, picture: Gray, dpi: int) -> list[Token]:
        """Where words stand, in a picture of so many dots per inch; their text counts for nothing."""
        ...


@functools.cache
def engine() -> Engine:
    """The engine of this machine.

    Raises:
        OcrUnavailable: there is none, or none that reads Russian.

    """
    for make in (_library, _command):
        found = make()
        if found is not None and RUSSIAN in found.languages:
            return found
    raise OcrUnavailable(f"для чтения сканов и фотографий {REMEDY}")


def languages_of(reader: Engine) -> str:
    """What a page is read with: Russian, and English for the names of networks."""
    return f"{RUSSIAN}+eng" if "eng" in reader.languages else RUSSIAN


def _library() -> Engine | None:
    try:
        import tesserocr  # noqa: PLC0415 - optional: the command line does as well
    except ImportError:
        return None
    for folder in map(Path, _DATA_FOLDERS):
        if (folder / f"{RUSSIAN}.traineddata").is_file():
            return _Library(folder, frozenset(path.stem for path in folder.glob("*.traineddata")), tesserocr)
    return None


def _command() -> Engine | None:
    program = shutil.which("tesseract", path="/usr/local/bin:/usr/bin:/bin:/opt/homebrew/bin")
    if program is None:
        return None
    listed = subprocess.run(  # noqa: S603 - a fixed program, no shell, nothing of a sender's
        [program, "--list-langs"], capture_output=True, text=True, timeout=_CALL_SECONDS, check=False
    )
    return _Command(program, frozenset(listed.stdout.split()))


class _Library:
    def __init__(self, folder: Path, languages: frozenset[str], module: Any) -> None:
        self.languages = languages
        self._folder = folder
        self._module = module
        self._loaded: dict[str, Any] = {}

    def read(self, picture: Gray, mode: int, languages: str, letters: str = "") -> list[Token]:
        api = self._api(languages)
        api.SetPageSegMode(mode)
        api.SetVariable("tessedit_char_whitelist", letters)
        height, width = picture.shape
        api.SetImageBytes(picture.tobytes(), width, height, 1, width)
        return _tokens(api.GetTSVText(0))

    def places(self, picture: Gray, dpi: int) -> list[Token]:
        api = self._api(languages_of(self))
        api.SetPageSegMode(SPARSE)
        api.SetVariable("user_defined_dpi", str(dpi))
        height, width = picture.shape
        api.SetImageBytes(picture.tobytes(), width, height, 1, width)
        found = api.AnalyseLayout()  # most of the time goes into reading, which comes later, line by line
        api.SetVariable("user_defined_dpi", _DPI)
        if found is None:
            return []
        word = self._module.RIL.WORD
        boxes = [item.BoundingBox(word) for item in self._module.iterate_level(found, word)]
        return [
            Token("", left, top, right - left, bottom - top, 0.0) for left, top, right, bottom in filter(None, boxes)
        ]

    def _api(self, languages: str) -> Any:
        if languages not in self._loaded:
            api = self._module.PyTessBaseAPI(path=str(self._folder), lang=languages)
            api.SetVariable("user_defined_dpi", _DPI)
            self._loaded[languages] = api
        return self._loaded[languages]


class _Command:
    def __init__(self, program: str, languages: frozenset[str]) -> None:
        self.languages = languages
        self._program = program

    def read(self, picture: Gray, mode: int, languages: str, letters: str = "") -> list[Token]:
        return self._run(picture, mode, languages, letters, _DPI)

    def places(self, picture: Gray, dpi: int) -> list[Token]:
        return self._run(picture, SPARSE, RUSSIAN, "", str(dpi))  # it has no mode that finds and does not read

    def _run(self, picture: Gray, mode: int, languages: str, letters: str, dpi: str) -> list[Token]:
        height, width = picture.shape
        arguments = ["-", "-", "--dpi", dpi, "--psm", str(mode), "-l", languages]
        if letters:
            arguments += ["-c", f"tessedit_char_whitelist={letters}"]
        done = subprocess.run(  # noqa: S603 - a fixed program, no shell; the picture goes through a pipe
            [self._program, *arguments, "tsv"],
            input=b"P5 %d %d 255\n" % (width, height) + picture.tobytes(),
            capture_output=True,
            timeout=_CALL_SECONDS,
            check=True,
            env={"OMP_THREAD_LIMIT": "1"},
        )
        return _tokens(done.stdout.decode("utf-8", "replace"))


def _tokens(table: str) -> list[Token]:
    """The words of a TSV: level, page, block, paragraph, line, word, left, top, width, height, confidence, text."""
    tokens = []
    for row in csv.reader(table.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE):
        if len(row) == 12 and row[0] == _WORD_LEVEL and row[11].strip():
            left, top, width, height = map(int, row[6:10])
            tokens.append(Token(row[11].strip(), left, top, width, height, float(row[10])))
    return tokens
