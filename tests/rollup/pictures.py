"""Pictures of the roll-up and of its workbook on days of a made-up campaign: to be looked at, by a person.

    python -m tests.rollup.pictures [FOLDER]      # or: make pictures

The mail is drawn by headless Chromium at 800 and 380 pixels, light and dark, each day of `DAYS`; the workbook's sheets
of the busy day by LibreOffice and pdftoppm. On Debian: apt install chromium libreoffice-calc poppler-utils. What is
missing is said and left out.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from mailbot.rollup.compose import compose
from tests.rollup.conftest import DAYS

WIDTHS = (800, 380)
TOKEN = "2021-08-16.daily.0123456789abcdef"
_TALL = 12_000
_SECONDS = 120


def main(folder: Path) -> int:
    """Draw everything into the folder; 1 where a program is missing."""
    folder.mkdir(parents=True, exist_ok=True)
    missing = [program for program in ("chromium", "soffice", "pdftoppm") if shutil.which(program) is None]
    for program in missing:
        sys.stderr.write(f"{program} is not installed: its pictures are left out\n")
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
    if not {"soffice", "pdftoppm"} & set(missing):
        draw_sheets(folder / "busy.xlsx", folder)
    return 1 if missing else 0


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
    from PIL import Image, ImageChops  # noqa: PLC0415 - for this alone

    with Image.open(picture) as opened:
        whole = opened.convert("RGB").crop((0, 0, width, opened.height))
    ground = Image.new("RGB", whole.size, whole.getpixel((2, whole.height - 2)))  # type: ignore[arg-type]
    box = ImageChops.difference(whole, ground).getbbox()
    whole.crop((0, 0, width, min(whole.height, (box[3] if box else 0) + 16))).save(picture, optimize=True)


def draw_sheets(book: Path, folder: Path) -> None:
    """The workbook's pages as LibreOffice prints them: book-1.png and so on."""
    with tempfile.TemporaryDirectory() as profile:
        command = ["soffice", f"-env:UserInstallation=file://{profile}", "--headless", "--convert-to", "pdf",
                   "--outdir", str(folder), str(book)]  # fmt: skip
        subprocess.run(command, check=True, capture_output=True, timeout=_SECONDS)
    pages = ["pdftoppm", "-r", "60", "-png", str(book.with_suffix(".pdf")), str(folder / "book")]
    subprocess.run(pages, check=True, capture_output=True, timeout=_SECONDS)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1] if len(sys.argv) > 1 else "pictures")))
