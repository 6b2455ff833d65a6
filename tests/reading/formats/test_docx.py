import pytest

from mailbot.domain.document import Limits
from tests.reading.formats.builders import code, document, docx, lines, opened, p, r, relations, rows, tables, tbl, tc

STYLES = (
    '<w:styles xmlns:w="urn:w"><w:style w:type="character" w:styleId="Base"><w:rPr><w:strike/></w:rPr></w:style>'
    '<w:style w:type="character" w:styleId="Gone"><w:basedOn w:val="Base"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="Secret"><w:rPr><w:vanish/></w:rPr></w:style></w:styles>'
)


def text_of(body: str, **settings) -> list[str]:
    return lines(document(docx(body, **settings), "ответ.docx"))


@pytest.mark.parametrize(
    ("run", "expected"),
    [
        (r("35", "<w:strike/>"), []),
        (r("35", "<w:dstrike w:val='true'/>"), []),
        (r("35", "<w:vanish/>"), []),
        (r("35", "<w:strike w:val='0'/>"), ["35"]),
        (r("35", "<w:rStyle w:val='Gone'/>"), []),
        (r("35", "<w:rStyle w:val='Gone'/><w:strike w:val='false'/>"), ["35"]),
        ("<w:ins>" + r("35") + "</w:ins>", ["35"]),
        ("<w:moveTo>" + r("35") + "</w:moveTo><w:moveFrom>" + r("35") + "</w:moveFrom>", ["35"]),
        ("<w:del><w:r><w:delText>35</w:delText></w:r></w:del>", []),
        ("<w:hyperlink><w:smartTag>" + r("35") + "</w:smartTag></w:hyperlink>", ["35"]),
        ("<w:sdt><w:sdtPr/><w:sdtContent>" + r("35") + "</w:sdtContent></w:sdt>", ["35"]),
        ("<m:oMath><m:r><m:t>35</m:t></m:r></m:oMath>", ["35"]),
        ("<w:r><w:t>3</w:t><w:noBreakHyphen/><w:t>5</w:t></w:r>", ["3-5"]),
    ],
)
def test_runs(run, expected):
    related = {"rId1": "styles styles.xml"}
    if not expected:
        run += r("-")
        expected = ["-"]
    assert text_of(p(run), extra={"word/styles.xml": STYLES}, related=related) == expected


def test_a_paragraph_style_may_hide_and_a_run_may_show_again():
    paragraph = "<w:p><w:pPr><w:pStyle w:val='Secret'/></w:pPr>" + r("99") + r("35", "<w:vanish w:val='0'/>") + "</w:p>"
    assert text_of(paragraph, extra={"word/styles.xml": STYLES}, related={"rId1": "styles styles.xml"}) == ["35"]


def test_a_deleted_paragraph_mark_joins_its_paragraph_to_the_next():
    first = "<w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr>" + r("ВК ") + "</w:p>"
    assert text_of(first + p(r("35"))) == ["ВК 35"]


def test_a_text_box_of_two_alternatives_is_read_once():
    box = "<w:txbxContent>" + p(r("ВК 35")) + "</w:txbxContent>"
    shape = (
        f"<w:r><mc:AlternateContent><mc:Choice><w:drawing><wps:txbx>{box}</wps:txbx></w:drawing></mc:Choice>"
        f"<mc:Fallback><w:pict><v:textbox>{box}</v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r>"
    )
    assert text_of(p(r("Ответ"), shape)) == ["Ответ", "ВК 35"]


def test_deleted_rows_and_cells_are_gone():
    gone = "<w:tr><w:trPr><w:del/></w:trPr>" + tc(p(r("СОШ № 9"))) + tc(p(r("99"))) + "</w:tr>"
    table = tbl(tc(p(r("СОШ № 1"))) + tc(p(r("35"))) + tc(p(r("77")), "<w:cellDel/>"))
    (read,) = tables(document(docx(table.replace("</w:tbl>", gone + "</w:tbl>")), "ответ.docx"))
    assert rows(read) == [["СОШ № 1", "35"]]


def test_spans_with_columns_left_out_before_a_row():
    before = (
        "<w:tr><w:trPr><w:gridBefore w:val='1'/></w:trPr>" + tc(p(r("всего")), "<w:gridSpan w:val='2'/>") + "</w:tr>"
    )
    table = tbl(tc(p(r("а"))) + tc(p(r("б"))) + tc(p(r("в")))).replace("</w:tbl>", before + "</w:tbl>")
    (read,) = tables(document(docx(table), "ответ.docx"))
    assert rows(read) == [["а", "б", "в"], ["", "всего", "^всего"]]


def test_a_table_of_one_cell_is_a_frame():
    assert text_of(tbl(tc(p(r("ВК 35")) + p(r("ОК 31"))))) == ["ВК 35", "ОК 31"]


def test_pictures_and_embedded_files_are_children_headers_logo_too():
    result = opened(
        docx(
            p(r("см. скан")),
            related={
                "rId1": "image media/image1.jpg",
                "rId2": "header header1.xml",
                "rId3": "package embeddings/a.xlsx",
            },
            extra={
                "word/media/image1.jpg": b"\xff\xd8\xffscan",
                "word/media/logo.png": b"\x89PNG",
                "word/embeddings/a.xlsx": b"PK",
                "word/header1.xml": "<w:hdr xmlns:w='urn:w'>" + p(r("МБОУ СОШ № 5")) + "</w:hdr>",
                "word/_rels/header1.xml.rels": relations(rId1="image media/logo.png"),
            },
        ),
        "ответ.docx",
    )
    assert [child.name for child in result.children] == ["image1.jpg", "a.xlsx", "logo.png"]
    assert result.documents[0].running == ("МБОУ СОШ № 5",)


def test_the_picture_of_an_embedded_file_is_left_to_the_file():
    thing = "<w:r><w:object><v:shape><v:imagedata r:id='rId1'/></v:shape><v:OLEObject r:id='rId2'/></w:object></w:r>"
    related = {"rId1": "image media/preview.emf", "rId2": "package embeddings/a.xlsx"}
    extra = {"word/media/preview.emf": b"emf", "word/embeddings/a.xlsx": b"PK"}
    assert [child.name for child in opened(docx(p(thing), related=related, extra=extra), "о.docx").children] == [
        "a.xlsx"
    ]


def test_a_document_of_a_picture_alone_has_children_and_no_trouble():
    related = {"rId1": "image media/image1.jpg"}
    result = opened(docx(p(), related=related, extra={"word/media/image1.jpg": b"\xff\xd8\xff"}), "скан.docx")
    assert (len(result.children), result.documents, result.troubles) == (1, (), ())


def test_blank_documents_and_documents_without_end():
    assert code(opened(docx(p()), "ответ.docx")) == "attachment_empty"
    assert code(opened(docx(p(r("35" * 500))), "ответ.docx", Limits(text_chars=100))) == "attachment_too_large"
    assert code(opened(docx(p(r("35")))[:-40], "ответ.docx")) == "attachment_damaged"
    assert code(opened(docx("<w:p>" * 400 + "</w:p>" * 400), "ответ.docx")) == "attachment_damaged"
