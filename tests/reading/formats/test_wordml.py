import base64

from tests.reading.formats.builders import code, document, lines, opened, p, r, rows, tables, tbl, tc

PNG = b"\x89PNG\r\n\x1a\n"


def wordml(body: str, before: str = "") -> bytes:
    text = (
        '<?xml version="1.0" encoding="windows-1251" standalone="yes"?><?mso-application progid="Word.Document"?>'
        '<w:wordDocument xmlns:w="http://schemas.microsoft.com/office/word/2003/wordml" xmlns:wx="urn:wx" xmlns:aml="urn:aml">'
        f"{before}<w:body><wx:sect><wx:sub-section>{body}</wx:sub-section>"
        f"<w:sectPr><w:hdr>{p(r('Арский район'))}</w:hdr></w:sectPr></wx:sect></w:body></w:wordDocument>"
    )
    return text.encode("cp1251")


def annotation(kind: str, content: str) -> str:
    return f'<aml:annotation w:type="{kind}"><aml:content>{content}</aml:content></aml:annotation>'


def test_text_tables_and_page_headers_of_word_2003():
    read = document(wordml(p(r("ВК: 35")) + tbl(tc(p(r("ОК"))) + tc(p(r("30"))))), "ответ.doc")
    assert (read.format, lines(read), rows(tables(read)[0])) == ("wordml", ["ВК: 35"], [["ОК", "30"]])
    assert read.running == ("Арский район",)


def test_tracked_changes_and_hidden_styles_of_word_2003():
    styles = '<w:styles><w:style w:type="character" w:styleId="x"><w:rPr><w:vanish/></w:rPr></w:style></w:styles>'
    changed = annotation("Word.Deletion", r("999")) + annotation("Word.Insertion", r("1000"))
    hidden = r("77", '<w:rStyle w:val="x"/>') + r("55", "<w:strike/>")
    assert lines(document(wordml(p(r("ВК "), changed, hidden), styles), "ответ.xml")) == ["ВК 1000"]


def test_flat_opc_and_its_pictures():
    body = f"<w:document xmlns:w='urn:w'><w:body>{p(r('ВК: 35'))}</w:body></w:document>"
    picture = f"<pkg:part pkg:name='/word/media/a.png'><pkg:binaryData>{base64.b64encode(PNG).decode()}</pkg:binaryData></pkg:part>"
    part = f"<pkg:part pkg:name='/word/document.xml'><pkg:xmlData>{body}</pkg:xmlData></pkg:part>"
    result = opened(f"<pkg:package xmlns:pkg='urn:pkg'>{part}{picture}</pkg:package>".encode(), "ответ.xml")
    assert lines(result.documents[0]) == ["ВК: 35"]
    assert [child.data for child in result.children] == [PNG]


def test_blank_and_broken_documents():
    assert code(opened(wordml(p()), "ответ.doc")) == "attachment_empty"
    assert code(opened(wordml(p(r("35")))[:-30], "ответ.doc")) == "attachment_damaged"
    no_picture = "<w:pict><w:binData>====A</w:binData></w:pict>"
    assert code(opened(wordml(p(f"<w:r>{no_picture}</w:r>")), "ответ.doc")) in {
        "attachment_damaged",
        "attachment_empty",
    }


def test_xml_of_another_kind_is_no_text():
    assert code(opened(b'<?xml version="1.0"?><data><a>35</a></data>', "выгрузка.xml")) == "attachment_unsupported"
