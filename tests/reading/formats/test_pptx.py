from tests.reading.formats.builders import OFFICE, code, document, lines, opened, relations, rows, tables, zipped


def paragraph(text: str, look: str = "") -> str:
    return f"<a:p><a:r><a:rPr {look}/><a:t>{text}</a:t></a:r></a:p>"


def shape(content: str, settings: str = "") -> str:
    return f"<p:sp><p:nvSpPr><p:cNvPr {settings}/></p:nvSpPr><p:txBody>{content}</p:txBody></p:sp>"


def pptx(*slides: str) -> bytes:
    listed = "".join(f'<p:sldId id="{255 + n}" r:id="rId{n}"/>' for n in range(1, len(slides) + 1))
    spaces = f'xmlns:p="urn:p" xmlns:a="urn:a" xmlns:r="{OFFICE}"'
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": "<Types/>",
        "_rels/.rels": relations(rId1="officeDocument ppt/presentation.xml"),
        "ppt/presentation.xml": f"<p:presentation {spaces}><p:sldIdLst>{listed}</p:sldIdLst></p:presentation>",
        "ppt/_rels/presentation.xml.rels": relations(
            **{f"rId{n}": f"slide slides/slide{n}.xml" for n in range(1, len(slides) + 1)}
        ),
        "ppt/slides/_rels/slide1.xml.rels": relations(rId1="image ../media/скан.png"),
        "ppt/media/скан.png": b"\x89PNG",
    }
    for number, slide in enumerate(slides, 1):
        parts[f"ppt/slides/slide{number}.xml"] = slide.replace("<p:sld", f"<p:sld {spaces}", 1)
    return zipped(parts)


def test_slides_text_and_tables_without_what_is_hidden():
    cell = "<a:tc {}><a:txBody>{}</a:txBody></a:tc>"
    table = (
        "<a:tbl><a:tr>" + cell.format('gridSpan="2"', paragraph("Арск")) + cell.format('hMerge="1"', "<a:p/>") + "</a:tr>"
        "<a:tr>" + cell.format("", paragraph("ВК")) + cell.format("", paragraph("35")) + "</a:tr></a:tbl>"
    )  # fmt: skip
    shown = f"<p:sld>{shape(paragraph('Отчёт'))}{shape(paragraph('99'), 'hidden=' + chr(34) + '1' + chr(34))}{table}</p:sld>"
    hidden = f'<p:sld show="0">{shape(paragraph("77"))}</p:sld>'
    last = f"<p:sld>{shape(paragraph('30', 'strike=' + chr(34) + 'sngStrike' + chr(34)) + paragraph('ОК: 31'))}</p:sld>"
    data = pptx(shown, hidden, last)
    read = opened(data, "отчет.pptx").documents[0]
    assert (read.format, lines(read)) == ("pptx", ["Отчёт", "ОК: 31"])
    assert rows(tables(read)[0]) == [["Арск", "^Арск"], ["ВК", "35"]]
    assert [child.name for child in opened(data, "отчет.pptx").children] == ["скан.png"]


def test_a_presentation_without_text_or_pictures_is_empty():
    assert (
        code(opened(pptx("<p:sld/>").replace(b"slide1.xml.rels", b"slide9.xml.rels"), "отчет.pptx"))
        == "attachment_empty"
    )


def test_text_is_read_once():
    assert lines(document(pptx("<p:sld/>", f"<p:sld>{shape(paragraph('ВК: 35'))}</p:sld>"), "отчет.pptx")) == ["ВК: 35"]
