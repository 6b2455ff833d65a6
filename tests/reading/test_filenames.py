import pytest

from mailbot.reading.text.filenames import decode_names, is_litter, tidy


@pytest.mark.parametrize(
    ("stored", "name"),
    [
        ("Школы\\СОШ 5.xlsx", "Школы/СОШ 5.xlsx"),
        ("../../etc/passwd", "etc/passwd"),
        ("/etc/passwd", "etc/passwd"),
        ("C:\\Отчёты\\свод.xlsx", "Отчёты/свод.xlsx"),
        ("./a//b/./c.csv", "a/b/c.csv"),
        ("a\r\nb.csv", "a b.csv"),
        ("..", ""),
    ],
)
def test_names_become_harmless_and_keep_their_folders(stored, name):
    assert tidy(stored) == name


def test_litter():
    litter = ["__MACOSX/a/._b.xlsx", "a/.DS_Store", "Thumbs.db", "._a", "desktop.ini"]
    assert all(map(is_litter, litter))
    assert not any(map(is_litter, ["a.xlsx", "MACOSX/a.xlsx", "thumbs.xlsx"]))


@pytest.mark.parametrize("charset", ["cp866", "cp1251", "utf-8", "koi8-r", "ascii"])
def test_names_of_one_archive_decide_their_charset_together(charset):
    names = ["а.csv", "Отчёт по школам района.csv", "б.csv"] if charset != "ascii" else ["a.csv", "b.csv"]
    assert decode_names([name.encode(charset) for name in names]) == names
