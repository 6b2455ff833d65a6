"""The HTML body as mail clients take it: nothing external, nothing that they don't draw, nothing that escapes."""

import re
from dataclasses import replace

import pytest
from lxml import html as lxml_html

from mailbot.rollup import render
from mailbot.rollup.facts import Case, CaseSort, FigureChange, Reason

UNSUPPORTED = (
    "flex", "grid", "position", "float", "transform", "box-shadow", "calc", "var", "rem", "opacity", "clip-path", "object-fit",
)  # fmt: skip
"""What Outlook for Windows (Word) or Yandex Mail drop or misdraw, by caniemail's tables."""

EVIL = "</td><script>alert(1)</script>«&<b onload=x>{{ 7*7 }}{% raw %}"


def tree(facts):
    return lxml_html.fromstring(render.html(facts))


def test_nothing_external_and_nothing_active(any_day):
    page = tree(any_day)
    assert not page.xpath("//script|//img|//link|//iframe|//object|//form|//svg|//video|//@src|//@href|//@background")
    assert not [name for name in page.xpath("//@*") if name.attrname.startswith("on")]
    assert not re.search(r"url\(|@import|expression\(|https?:", render.html(any_day))


def test_styles_are_inline(any_day):
    page = tree(any_day)
    styled = page.xpath("//td[@class='row' or @class='fig'][@style]")
    assert styled
    assert len(styled) == len(page.xpath("//td[@class='row' or @class='fig']"))
    assert "padding" in styled[0].get("style")


def test_no_style_that_clients_drop(any_day):
    styles = " ".join([*tree(any_day).xpath("//@style"), *tree(any_day).xpath("//style/text()")])
    properties = re.findall(r"([a-z-]+)\s*:", styles)
    values = re.findall(r":\s*([^;}]+)", styles)
    for word in UNSUPPORTED:
        assert word not in properties
        assert not [value for value in values if re.search(rf"\b{word}\b", value)]


def test_what_has_no_inline_form_stays_in_the_head(any_day):
    (style,) = [text for text in tree(any_day).xpath("//head/style/text()") if "@media" in text]
    assert "prefers-color-scheme: dark" in style
    assert "max-width: 480px" in style


def test_tables_for_layout_say_so_and_data_has_heads(any_day):
    page = tree(any_day)
    assert page.get("lang") == "ru"
    assert not page.xpath("//table[not(@role='presentation') and not(contains(@class, 'data'))]")
    assert page.xpath("//table[contains(@class, 'data')]//th")


def test_gmail_does_not_cut_it(days):
    assert max(len(render.html(facts).encode()) for facts in days.values()) < 102_000


def test_gmail_does_not_cut_a_worse_day_either(days):
    """Everything that is listed is bounded, however much there is of it."""
    busy = days["final"]
    case = Case(
        CaseSort.REVIEW, busy.moment, "Арский " * 30, tuple(Reason("x", "причина " * 60) for _ in range(9)), letter=1
    )
    changes = replace(
        busy.changes,
        figures=tuple(FigureChange("Арский", "школа " * 40, "vk", 1, 2) for _ in range(5000)),
        answered=tuple(m.name for m in busy.municipalities),
        organisations=tuple((m.name, str(i)) for m in busy.municipalities for i in range(90)),
        withdrawn=tuple(("Арский", "школа " * 40) for _ in range(500)),
    )
    rows = (
        tuple(replace(row, organisation="Школа имени " + "очень длинного названия " * 20) for row in busy.respondents)
        * 20
    )
    worst = replace(busy, cases=(case,) * 400, changes=changes, respondents=rows)
    assert len(render.html(worst).encode()) < 102_000


def test_hostile_names_are_only_text(days):
    busy = days["busy"]
    case = Case(CaseSort.REVIEW, busy.moment, EVIL, (Reason("x", EVIL),), letter=7, sender=EVIL, subject=EVIL)
    evil = replace(
        busy,
        cases=(case,),
        campaign=busy.campaign.model_copy(update={"title": EVIL}),
        changes=replace(busy.changes, figures=(FigureChange(EVIL, EVIL, "vk", 1, 2),), withdrawn=((EVIL, EVIL),)),
        municipalities=tuple(replace(m, name=EVIL) for m in busy.municipalities[:3]),
        respondents=tuple(replace(r, organisation=EVIL, municipality=EVIL) for r in busy.respondents),
        account=replace(busy.account, folders=(replace(busy.account.folders[0], name=EVIL),)),
    )
    page = tree(evil)
    assert not page.xpath("//script|//b[@onload]")
    texts = " ".join(page.itertext())
    assert "<script>alert(1)</script>" in texts
    assert "{{ 7*7 }}" in texts
    assert "49" not in "".join(page.xpath("//h2/text()"))


def test_bars_are_as_long_as_their_figures(days):
    page = tree(days["busy"])
    widths = {}
    for row in page.xpath("//tr[td[@class='row'][.//table[@class='bar']] and count(td)=6]"):
        name = row.xpath("string(td[1]/text()[1])").strip()
        widths[name] = int((row.xpath(".//td[@class='fill']/@width") or ["0%"])[0].rstrip("%"))
    people = {m.name: m.subscribers for m in days["busy"].answered}
    most = max(people.values())
    assert widths.keys() == people.keys()
    assert all(abs(widths[name] - 100 * value / most) <= 0.5 for name, value in people.items())


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_from_its_ground(days, scheme):
    """WCAG AA: 4.5 to 1 for every pair of colours that the page uses together."""
    page = render.html(days["busy"])
    dark = page[page.index("prefers-color-scheme: dark") : page.index("</style>")]
    grounds = {"light": "#ffffff", "dark": re.search(r"\.card \{ background-color: (#\w+)", dark)[1]}
    if scheme == "dark":
        colours = re.findall(r"^[^{}\n]*\{ color: (#\w{6}) !important", dark, re.MULTILINE)
        colours.remove(re.search(r"\.preheader \{ color: (#\w+)", dark)[1])
        pairs = [(colour, grounds["dark"]) for colour in colours]
        pairs += re.findall(r"background-color: (#\w{6}) !important; color: (#\w{6}) !important", dark)
    else:
        pairs = [
            (c, grounds["light"]) for c in set(re.findall(r'style="(?:[^"]*;)?color:(#\w{6})', page)) if c != "#eef1f4"
        ]
        pairs += set(re.findall(r"background-color:(#\w{6});color:(#\w{6})", page))
        pairs = [
            (a, b)
            for a, b in pairs
            if (a, b) not in {(c, "#ffffff") for _, c in re.findall(r"background-color:(#\w{6});color:(#\w{6})", page)}
        ]
    assert len(pairs) > 4
    assert not [(a, b, contrast(a, b)) for a, b in pairs if contrast(a, b) < 4.5]


def contrast(one, other):
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour):
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
