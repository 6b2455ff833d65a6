import pytest

from tests.reading.formats.builders import code, document, lines, opened, rows, tables

HEAD = r"{\rtf1\ansi\ansicpg1251\deff0{\fonttbl{\f0\fcharset204 Times;}{\f1\fcharset0 Arial;}{\f2\fcharset238 Pl;}}"


def rtf(body: str) -> bytes:
    return (HEAD + body + "}").encode("ascii")


def escaped(text: str, charset: str = "cp1251") -> str:
    return "".join(f"\\'{byte:02x}" for byte in text.encode(charset))


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (escaped("ВК: ") + "35", "ВК: 35"),
        (r"{\f1 " + escaped("ВК") + "}", "ВК"),
        (r"{\f2 " + escaped("Łódź", "cp1250") + "}", "Łódź"),
        (r"\u1042?\u1050? 35", "ВК 35"),
        (r"\uc2\u1042\'82\'82\uc1\u1050? 35", "ВК 35"),
        (r"\u-10179?\u-8694? 35", "😊\N{ZERO WIDTH SPACE} 35".replace("\u200b", "").replace("😊", "\U0001f60a")),
        (r"{\deleted 999}{\revised 1000}", "1000"),
        (r"{\strike 30}{\striked1 31}{\v 32}35", "35"),
        (r"\strike 30\strike0 35", "35"),
        (r"\strike 30\plain 35", "35"),
        (r"30{\*\unknown 99}{\pict 898989}{\field{\*\fldinst HYPERLINK 77}{\fldrslt 5}}", "305"),
        (r"a\~b\_c\-d\{\}\\", "a\xa0b-cd{}\\"),
        (r"a\emdash b\tab c", "a—b\tc"),
    ],
)
def test_text(body, expected):
    assert lines(document(rtf(body + r"\par"), "ответ.rtf")) == [expected]


def test_a_deleted_paragraph_mark_joins_its_paragraph_to_the_next():
    assert lines(document(rtf(r"BK {\deleted\par} 35\par"), "ответ.rtf")) == ["BK  35"]


def test_rows_with_merged_cells_and_a_nested_table():
    row = r"\trowd\trleft0\clvmgf\cellx1000\clmgf\cellx2000\clmrg\cellx3000\pard\intbl S\cell BK\cell\cell\row"
    lower = r"\trowd\clvmrg\cellx1000\cellx2000\cellx3000\pard\intbl\cell 35\cell 40\cell\row"
    inner = r"\trowd\cellx3000\pard\intbl\itap2 in\nestcell{\*\nesttableprops\trowd\cellx1500\nestrow}\pard\intbl out\cell\row"
    first, nested = tables(document(rtf(row + lower + r"\pard\par" + inner + inner + r"\pard end\par"), "ответ.rtf"))[
        :2
    ]
    assert rows(first) == [["S", "BK", "^BK"], ["^S", "35", "40"]]
    assert rows(nested) == [["out"], ["out"]]


def test_a_western_code_page_in_a_russian_document_is_not_believed():
    body = r"{\rtf1\ansi\ansicpg1252\deflang1049{\fonttbl{\f0 Arial;}}\f0 " + escaped("Подписчики") + r"\par}"
    assert lines(document(body.encode(), "ответ.rtf")) == ["Подписчики"]


def test_the_title_is_known_and_no_text():
    read = document(rtf(r"{\info{\title " + escaped("Арский район") + r"}{\author A}}BK 35\par"), "ответ.rtf")
    assert (read.title, lines(read)) == ("Арский район", ["BK 35"])


def test_pictures_are_children():
    picture = b"\x89PNG\r\n\x1a\n scan"
    result = opened(
        rtf(r"a{\*\shppict{\pict\pngblip" + "\n" + picture.hex() + r"}}{\nonshppict{\pict 00}}\par"), "о.rtf"
    )
    assert [(child.name, child.data) for child in result.children] == [("рисунок 1.png", picture)]


def test_data_in_binary_form_is_no_text():
    body = HEAD.encode() + rb"a{\pict\pngblip\bin8 " + b"\x89PNG}}}\\" + rb"}b\par}"
    assert lines(document(body, "о.rtf")) == ["ab"]


def test_a_file_that_breaks_off_gives_what_is_there_and_a_trouble():
    result = opened(rtf(r"BK 35\par{\b OK")[:-1], "ответ.rtf")
    assert code(result) == "attachment_damaged"
    assert lines(result.documents[0]) == ["BK 35", "OK"]


def test_absurd_nesting_and_emptiness():
    assert code(opened(rtf("{" * 1000 + "}" * 1000), "ответ.rtf")) == "attachment_damaged"
    assert code(opened(rtf(""), "ответ.rtf")) == "attachment_empty"
