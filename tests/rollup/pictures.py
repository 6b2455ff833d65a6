"""Pictures of the roll-up and of its workbook on days of a made-up campaign: to be looked at, by a person.

    python -m tests.rollup.pictures [FOLDER]      # or: make pictures

The mail is drawn by headless Chromium at 800 and 380 pixels, light and dark, each day of `DAYS`; the workbook's sheets
of the busy day by LibreOffice, set up as in Russia, and pdftoppm. What the guide for the contact person shows
(docs/ru/img: svodka.png, kniga.png) is cut from them. A program or font that is missing is named with the Debian
package that has it; its pictures are left out, and the exit code is 1.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from openpyxl import load_workbook

from mailbot.rollup.compose import compose
from tests.rollup.conftest import DAYS

if TYPE_CHECKING:
    from PIL.Image import Image

WIDTHS = (800, 380)
TOKEN = "2021-08-16.daily.0123456789abcdef"
CASES = "На проверку"
PACKAGES = {"chromium": "chromium", "soffice": "libreoffice-calc", "pdftoppm": "poppler-utils"}
"""A program, and the Debian package that has it."""

_TALL = 12_000
_SECONDS = 120
_SHEET_DPI = 90
_GUIDE_MAIL_HEIGHT = 1560
_RUSSIAN = (
    '<?xml version="1.0" encoding="UTF-8"?><oor:items xmlns:oor="http://openoffice.org/2001/registry">'
    '<item oor:path="/org.openoffice.Setup/L10N"><prop oor:name="ooSetupSystemLocale" oor:op="fuse">'
    "<value>ru-RU</value></prop></item></oor:items>"
)
"""What LibreOffice keeps of its settings: figures and dates as a Russian Excel shows them."""


def main(folder: Path) -> int:
    """Draw everything into the folder; 1 where a program or the font is missing."""
    folder.mkdir(parents=True, exist_ok=True)
    missing = [program for program in PACKAGES if shutil.which(program) is None]
    for program in missing:
        sys.stderr.write(f"NOT DRAWN  {program} is missing: apt-get install {PACKAGES[program]}\n")
    for day, facts in DAYS.items():
        mail = compose(facts, TOKEN)
        (folder / f"{day}.txt").write_text(f"{mail.subject}\n\n{mail.text}", encoding="utf-8")
        (folder / f"{day}.xlsx").write_bytes(mail.workbook)
        page = folder / f"{day}.html"
        page.write_text(mail.html, encoding="utf-8")
        if "chromium" not in missing:
            for width in WIDTHS:
                for dark in (False, True):
                    draw_page(page, folder / f"{day}-{width}-{'dark' if dark else 'light'}.png", width, dark=dark)
    if "chromium" not in missing:
        draw_guide_mail(folder / "busy-800-light.png", folder / "svodka.png")
    unlike = False
    if not {"soffice", "pdftoppm"} & set(missing):
        unlike = _has_no_such_font()
        draw_sheets(folder / "busy.xlsx", folder)
        draw_guide_sheet(folder / "busy.xlsx", folder / "kniga.png")
    return 1 if missing or unlike else 0


def _has_no_such_font() -> bool:
    """Whether Calibri, or Carlito with the same widths, is missing: with any other font the sheets look too narrow."""
    found = subprocess.run(["fc-match", "Calibri"], check=True, capture_output=True, text=True, timeout=_SECONDS).stdout
    if "Calibri" in found or "Carlito" in found:
        return False
    sys.stderr.write(f"NOT AS IN EXCEL  {found.split(':')[0]} for Calibri: apt-get install fonts-crosextra-carlito\n")
    return True


def draw_page(page: Path, picture: Path, width: int, *, dark: bool) -> None:
    """The page as high as it is, in a frame of the width: headless Chromium's own window is at least 500 wide."""
    scheme = "dark" if dark else "light"
    frame = page.with_suffix(f".{width}.frame.html")
    frame.write_text(
        f'<html style="color-scheme:{scheme}"><body style="margin:0"><iframe src="{page.name}" width="{width}" '
        f'height="{_TALL}" style="border:0;color-scheme:{scheme}"></iframe>',
        encoding="utf-8",
    )
    with tempfile.TemporaryDirectory() as profile:
        command = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking",
                   "--hide-scrollbars", f"--user-data-dir={profile}", f"--window-size={max(width, 500)},{_TALL}",
                   f"--blink-settings=preferredColorScheme={0 if dark else 1}", f"--screenshot={picture}",
                   frame.resolve().as_uri()]  # fmt: skip
        subprocess.run(command, check=True, capture_output=True, timeout=_SECONDS)
    frame.unlink()
    _crop(picture, width)


def _crop(picture: Path, width: int) -> None:
    """Cut off what lies below the mail: the rows that look like the last one."""
    _change(picture, picture, lambda whole: _cut(whole.crop((0, 0, width, whole.height)), margin=16))


def _change(source: Path, target: Path, work: Callable[[Image], Image]) -> None:
    from PIL import Image  # noqa: PLC0415 - for this alone

    with Image.open(source) as opened:
        work(opened.convert("RGB")).save(target, optimize=True)


def _cut(whole: Image, margin: int) -> Image:
    """As wide as it is, and as high as there is something to see."""
    from PIL import Image, ImageChops  # noqa: PLC0415 - for this alone

    ground = Image.new("RGB", whole.size, whole.getpixel((2, whole.height - 2)))  # type: ignore[arg-type]
    box = ImageChops.difference(whole, ground).getbbox()
    return whole.crop((0, 0, whole.width, min(whole.height, (box[3] if box else 0) + margin)))


def draw_guide_mail(mail: Path, picture: Path) -> None:
    """The first screens of a mail, in few colours: the guide stays small."""
    _change(mail, picture, lambda whole: whole.crop((0, 0, whole.width, _GUIDE_MAIL_HEIGHT)).quantize(64))


def draw_sheets(book: Path, folder: Path) -> None:
    """The workbook's pages as LibreOffice prints them: book-01.png and so on."""
    _print(book, folder / "book")


def draw_guide_sheet(book: Path, picture: Path) -> None:
    """The sheet of the cases, which the guide explains, alone and without page numbers."""
    with tempfile.TemporaryDirectory() as place:
        alone = Path(place) / "alone.xlsx"
        opened = load_workbook(book)
        for name in opened.sheetnames:
            if name != CASES:
                del opened[name]
        footer = opened[CASES].oddFooter
        footer.left.text = footer.right.text = None
        opened.save(alone)
        _print(alone, Path(place) / "page")
        (page,) = Path(place).glob("page*.png")
        _change(page, picture, lambda whole: _cut(whole, margin=16).quantize(32))


def _print(book: Path, pictures: Path) -> None:
    """Each page of the workbook as a picture, its number after the given path."""
    with tempfile.TemporaryDirectory() as profile:
        (Path(profile) / "user").mkdir()
        (Path(profile) / "user" / "registrymodifications.xcu").write_text(_RUSSIAN, encoding="utf-8")
        command = ["soffice", f"-env:UserInstallation=file://{profile}", "--headless", "--convert-to", "pdf",
                   "--outdir", profile, str(book)]  # fmt: skip
        subprocess.run(command, check=True, capture_output=True, timeout=_SECONDS)
        pdf = Path(profile) / f"{book.stem}.pdf"
        pages = ["pdftoppm", "-r", str(_SHEET_DPI), "-png", str(pdf), str(pictures)]
        subprocess.run(pages, check=True, capture_output=True, timeout=_SECONDS)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1] if len(sys.argv) > 1 else "pictures")))
