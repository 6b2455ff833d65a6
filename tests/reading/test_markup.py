"""HTML as a person sees it."""

from __future__ import annotations

from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.domain.document import Limits, Paragraph, Table
from mailbot.reading.html.markup import html_to_blocks, read_markup


def shown(html):
    """Paragraphs as text, tables as rows of cells; a spanned cell in brackets."""
    return [
        block.text
        if isinstance(block, Paragraph)
        else [[f"[{cell.text}]" if cell.spanned else cell.text for cell in row] for row in block.rows]
        for block in html_to_blocks(html, "body")
    ]


PARAGRAPHS = {
    "blocks and breaks": ("<div>a<br>b<p>c</div>d", ["a", "b", "c", "d"]),
    "blanks": ("<p> a \n\t b&nbsp;c </p>", ["a b\xa0c"]),
    "inline elements": ("<p>ВК - <b>3</b><span lang=RU>5</span> ч<i>ел</i></p>", ["ВК - 35 чел"]),
    "thousands": ("<p>1&nbsp;250 и 1&#8239;250</p>", ["1\xa0250 и 1\xa0250"]),
    "soft hyphens and zero widths": ("<p>ВКон&shy;такте&#8203; 3&#8205;5</p>", ["ВКонтакте 35"]),
    "keycaps": ("<p>ВК 3️⃣5️⃣</p>", ["ВК 35"]),
    "keycaps as pictures": ('<p>ВК <img alt="3️⃣"><img alt="5️⃣"></p>', ["ВК 35"]),
    "a logo's description": ('<p>ВК 35 <img alt="Описание: logo 2021"></p>', ["ВК 35"]),
    "struck out": ("<p>ВК <s>30</s> <strike>31</strike> <del>32</del> 35</p>", ["ВК 35"]),
    "struck out by style": ('<p>ВК <span style="TEXT-DECORATION: underline line-through">30</span> 35</p>', ["ВК 35"]),
    "struck out by class": (
        "<style>.old, p.x{text-decoration:line-through}</style><p>ВК <b class=old>30</b> 35",
        ["ВК 35"],
    ),
    "hidden": ('<div style="display:none">preheader 5</div><p hidden>6</p><p>35</p>', ["35"]),
    "hidden from all but Word's own": ('<p>35<span style="mso-hide: all">6</span></p>', ["35"]),
    "hidden by class": ("<style>/* a */ .pre{display : none}</style><div class='a pre'>5</div><p>35", ["35"]),
    "not hidden by another class": ("<style>.pre b{display:none}</style><p class=pre>35", ["35"]),
    "scripts, comments, titles": (
        "<title>1</title><script>2</script><!-- 3 --><!--[if mso]>4<![endif]--><p>35",
        ["35"],
    ),
    "word's own elements": ("<p class=MsoNormal>ВК<o:p></o:p> 35<o:p>&nbsp;</o:p></p>", ["ВК 35\xa0"]),
    "lists": ("<ul><li>ВК 35<li>ОК<ul><li>40</ul></ul>", ["ВК 35", "ОК", "40"]),
    "preformatted": ("<pre>ВК\t35\nОК  40</pre>", ["ВК\t35", "ОК  40"]),
    "tabs that a style keeps": ("ВК<span style='white-space:pre'>\t</span>35", ["ВК\t35"]),
    "entities of letters": ("<p>&#1042;&#x41a; &mdash; 35</p>", ["ВК — 35"]),
    "unclosed": ("<div><p>ВК <b>35", ["ВК 35"]),
    "no markup": ("ВК 35 < 40 & 1", ["ВК 35 < 40 & 1"]),
    "empty": ("", []),
    "links": (
        "<p><a href='https://vk.com/public1'>ВК</a> 35 <a href='https://ok.ru/g'>тут</a>",
        ["ВК 35 тут https://ok.ru/g"],
    ),
    "link on a picture": ("<p><a href='https://vk.com/public1'><img src=x></a> 35", ["https://vk.com/public1 35"]),
    "link that leads nowhere": ("<p><a href='#top'></a><a name=x></a><a href='mailto:a@b'>тут</a> 35", ["тут 35"]),
}


@pytest.mark.parametrize(("html", "lines"), PARAGRAPHS.values(), ids=PARAGRAPHS)
def test_paragraphs(html, lines):
    assert shown(html) == lines


TABLES = {
    "plain": ("<table><tr><th>ВК<th>ОК<tr><td>35<td>40</table>", [[["ВК", "ОК"], ["35", "40"]]]),
    "sections": (
        "<table><thead><tr><td>ВК<td>ОК</thead><tbody><tr><td>35<td>40</tbody><tfoot><tr><td>1<td>2</tfoot></table>",
        [[["ВК", "ОК"], ["35", "40"], ["1", "2"]]],
    ),
    "spans": (
        "<table><tr><td rowspan=2>ОО<td colspan=2>Сети<tr><td>ВК<td>ОК<tr><td>1<td>35<td>40</table>",
        [[["ОО", "Сети", "[Сети]"], ["[ОО]", "ВК", "ОК"], ["1", "35", "40"]]],
    ),
    "rows that are short": ("<table><tr><td>a<td>b<td>c<tr><td>d</table>", [[["a", "b", "c"], ["d", "", ""]]]),
    "rowspan to the end": (
        "<table><tr><td rowspan=0>р<td>a<tr><td>b<tr><td>c</table>",
        [[["р", "a"], ["[р]", "b"], ["[р]", "c"]]],
    ),
    "lines within a cell": ("<table><tr><td>СОШ<br>№ 5<td><p>3</p><p>5</p></table>", [[["СОШ\n№ 5", "3\n5"]]]),
    "empty cells": ("<table><tr><td>ВК<td>&nbsp;<td><o:p></o:p><td>0</table>", [[["ВК", "", "", "0"]]]),
    "numbers in pieces": ("<table><tr><td>ВК<td>1<b>0</b><i>5</i></table>", [[["ВК", "105"]]]),
    "struck out in a cell": ("<table><tr><td>ВК<td><s>30</s> 35</table>", [[["ВК", "35"]]]),
    "hidden row and cell": (
        "<table><tr><td>ВК<td>35<td style='display:none'>9<tr hidden><td>x<td>y</table>",
        [[["ВК", "35"]]],
    ),
    "caption": ("<table><caption>Свод</caption><tr><td>ВК<td>35</table>", ["Свод", [["ВК", "35"]]]),
    "one column lays out": ("<table><tr><td>Добрый день<tr><td>ВК 35</table>", ["Добрый день", "ВК 35"]),
    "one cell lays out": ("<table><tr><td><p>ВК 35<p>ОК 40</table>", ["ВК 35", "ОК 40"]),
    "a table within lays out": (
        "<table><tr><td>Добрый день<td>логотип<tr><td><table><tr><td>ВК<td>ОК<tr><td>35<td>40</table></table>",
        ["Добрый день", "логотип", [["ВК", "ОК"], ["35", "40"]]],
    ),
    "text around": ("до<table><tr><td>ВК<td>35</table>после", ["до", [["ВК", "35"]], "после"]),
    "absurd spans": ("<table><tr><td colspan=1000000000 rowspan=1000000000>ВК<td>5</table>", [[["ВК", "5"]]]),
    "overlapping spans": ("<table><tr><td>a<td rowspan=2>b<tr><td colspan=2>c</table>", [[["a", "b"], ["c", "[b]"]]]),
}


@pytest.mark.parametrize(("html", "blocks"), TABLES.values(), ids=TABLES)
def test_tables(html, blocks):
    assert shown(html) == blocks


def test_locators():
    blocks = html_to_blocks("<p>a<table><tr><td>b<td>c<tr><td>d<td>e</table><p>f", "свод.html")
    assert [block.locator for block in blocks] == ["свод.html:1", "свод.html:2", "свод.html:3"]
    assert blocks[1].rows[1][1].locator == "свод.html:2!B2"


def test_depth_of_quotation():
    html = (
        "a<blockquote>b<blockquote type=cite>c<table><tr><td>d<td>e</table></blockquote>f</blockquote>g"
        '<blockquote style="margin: 0 0 0 40px; border: none; padding: 0px;">h</blockquote>'
        '<blockquote style="border-left:1px solid #0857A6;margin:10px">i</blockquote>'
    )
    assert [(shown_block.quote) for shown_block in html_to_blocks(html, "body")] == [0, 1, 2, 2, 1, 0, 0, 1]


def test_links_are_kept_with_what_they_show():
    markup = read_markup(
        "<a href=' https://disk.yandex.ru/i/x '>Свод.xlsx</a><blockquote><a href=https://vk.com>ВК</a></blockquote>",
        "body",
    )
    assert [(link.text, link.href, link.quote) for link in markup.links] == [
        ("Свод.xlsx", "https://disk.yandex.ru/i/x", 0),
        ("ВК", "https://vk.com", 1),
    ]


def test_links_within_cells():
    html = "<table><tr><td><a href='https://vk.com/p'>ВК</a><td>35</table>"
    assert [link.href for link in read_markup(html, "body").links] == ["https://vk.com/p"]


def test_struck_out_text_is_told():
    assert read_markup("<p><s>30</s> 35", "body").struck
    assert read_markup("<table><tr><td>ВК<td><s>30</s> 35</table>", "body").struck
    assert not read_markup("<p hidden>30</p>35", "body").struck


def test_cells_are_bounded():
    html = "<table>" + "<tr><td>1<td>2" * 100 + "</table>"
    blocks = html_to_blocks(html, "body", Limits(cells=50))
    assert not any(isinstance(block, Table) for block in blocks)
    assert len(blocks) == 200


def test_text_is_bounded():
    assert html_to_blocks("<p>" + "а" * 1000, "body", Limits(text_chars=103)) == (Paragraph("а" * 100, "body:1"),)


HOSTILE = {
    "deep": "<div>" * 20_000 + "ВК 35",
    "deep tables": "<table><tr><td>" * 20_000 + "ВК 35",
    "tables as deep as allowed": "<table><tr><td>" * 900 + "ВК 35",
    "quotations as deep as allowed": "<blockquote>" * 900 + "ВК 35",
    "formatting never closed": "".join(f"<font color={i}><p>" for i in range(5000)) + "ВК 35",
    "formatting crossed": "<b><i><u><s><font>" * 50 + "<p>x" * 2000 + "ВК 35",
    "comments never closed": "<p>ВК 35<!--" + "<!--" * 100_000,
    "style without end": "<style>" + ".a{" * 100_000 + "</style>ВК 35",
    "many cells": "<table>" + "<tr><td>1<td>2" * 5000 + "</table>ВК 35",
}


@pytest.mark.parametrize("html", HOSTILE.values(), ids=HOSTILE)
def test_hostile_markup_is_read_in_time(html):
    started = process_time()
    blocks = html_to_blocks(html, "body")
    assert process_time() - started < 3
    assert any("ВК 35" in block.text for block in blocks if isinstance(block, Paragraph))


TAGS = [
    "<p>",
    "</p>",
    "<table>",
    "<tr>",
    "<td colspan=2>",
    "<td rowspan=3>",
    "</table>",
    "<blockquote>",
    "</blockquote>",
]
TAGS += [
    "<s>",
    "</s>",
    "<br>",
    "<a href=x>",
    "</a>",
    "<div style='display:none'>",
    "</div>",
    "35",
    "&nbsp;",
    "<li>",
    "<pre>",
]


@given(st.lists(st.sampled_from(TAGS), max_size=40))
def test_any_order_of_tags(tags):
    for block in html_to_blocks("".join(tags), "body"):
        if isinstance(block, Table):
            assert len({len(row) for row in block.rows}) == 1
