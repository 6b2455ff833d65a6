"""Nothing in the mail needs what a client of hers lacks, but for what is listed here with the reason why it may.

The clients are Outlook, Gmail, Apple Mail, Thunderbird, Samsung and Mail.ru, on desktop, web and telephones, as
caniemail.com tested them; see `clients.py`. Yandex Mail is not among them.
"""

import re

import pytest
from lxml import html as lxml_html

from mailbot.rollup import render
from tests.rollup import clients
from tests.rollup.conftest import DAYS

PARTLY = {
    "css-at-media": "narrower print on telephones and the dark colours: without them the mail is as it stands, and readable",
    "css-at-media-prefers-color-scheme": "where it is missing, the client darkens by itself or shows the light one",
    "css-border": "Word: no border over 8 px; ours have 1 and 2, and stand on table cells",
    "css-display": "Word knows `none` alone, and we use no other",
    "css-display-none": "the preheader: where it is shown, it is a pixel high, in the colour of its ground",
    "css-font-size": "Word and Samsung: keywords and relative sizes; ours are in px",
    "css-font-weight": "Word: weights by number; ours are bold and normal",
    "css-important": "Gmail and Word: in style attributes; ours stand in the sheet's media queries only",
    "css-line-height": "Word takes it for the least unless told «exactly», which the conditional sheet tells it",
    "css-margin": "negative ones, and Word's of span and body; ours are positive, on p and h1",
    "css-max-height": "a second belt for the preheader",
    "css-max-width": "Word: on tables only; ours is on one, and Word has a table of 720 px around it",
    "css-overflow": "a third belt for the preheader",
    "css-padding": "Word: in table cells only; see the test below",
    "css-selector-class": "of the sheet's media queries: see css-at-media",
    "css-selector-descendant": "as above",
    "css-selector-grouping": "as above",
    "css-selector-type": "as above",
    "css-sytem-ui": "one of five fonts; Arial is the last",
    "css-white-space": "keeps a large figure on its line, where it has room anyway",
    "css-width": "Word: not of body, whose 100 % is what it has anyway",
    "html-align": "Outlook for Mac: of tables; ours are of cells and rows, and the column may stand left",
    "html-body": "some put a div in its place: the ground is on the table too",
    "html-doctype": "where it is cut off, tables still draw alike",
    "html-height": "Word does not scale it at 120 dpi: a gap is a gap",
    "html-meta-color-scheme": "Apple's way of saying what the media query says",
    "html-role": "screen readers in Windows Mail hear of more tables",
    "html-style": "see css-at-media: everything else is in attributes",
    "html-width": "Word does not scale it at 120 dpi; ours are shares of the width",
}
"""What some client supports in part or not at all, and why the mail may use it."""

NOT_IN_THE_DATA = {
    "attribute:bgcolor": "HTML 3.2, beside background-color for Word",
    "attribute:charset": "head",
    "attribute:colspan": "HTML 3.2",
    "attribute:content": "head",
    "attribute:name": "head",
    "element:br": "HTML 2",
    "element:head": "head",
    "element:html": "head",
    "element:meta": "head",
    "element:title": "head",
    "property:-webkit-text-size-adjust": "keeps an iPhone from enlarging some lines; others ignore it",
    "property:color": "CSS 1",
    "property:font-variant-numeric": "figures of one width where the font has them; without it columns stay flush right",
    "property:mso-hide": "Word's own",
}
"""What caniemail.com has no test of, because everybody has it or nobody misses it."""


@pytest.fixture(scope="module")
def needed():
    return set().union(*(clients.needs(render.html(facts, "2021-08-16.daily.x")) for facts in DAYS.values()))


def test_what_some_client_lacks_is_listed_with_its_reason(needed):
    support = clients.support()
    lacking = {feature for feature in needed if set(support.get(feature, {}).values()) & {"a", "n"}}
    assert lacking == set(PARTLY)


def test_what_nobody_tested_is_listed_with_its_reason(needed):
    assert {feature for feature in needed if feature not in clients.support()} == set(NOT_IN_THE_DATA)


def test_text_is_read_with_the_whole_sheet_gone(days):
    """Gmail's mobile web page, and Gmail with another provider's account, drop <style>: all else is in attributes."""
    page = lxml_html.fromstring(render.html(days["busy"]))
    for sheet in page.xpath("//style/text()"):
        assert not re.sub(r"@media[^{]+\{([^{}]+\{[^{}]*\}\s*)+\}", "", sheet).strip(), "a rule outside a media query"
    for cell in page.xpath("//td[@class and not(contains(@class, 'outer'))] | //th | //p | //h1 | //h2"):
        assert cell.get("style") or cell.get("bgcolor") or cell.get("class") == "muted", lxml_html.tostring(cell)[:200]


def test_only_table_cells_are_padded(any_day):
    """Word pads nothing else; a chip's ground may be tight there, and head and paragraph have 0."""
    padded = lxml_html.fromstring(render.html(any_day, "x")).xpath("//*[contains(@style, 'padding')]")
    assert padded
    others = [e for e in padded if e.tag not in ("td", "th") and not (e.tag == "span" and "chip" in e.get("class", ""))]
    assert not [e.tag for e in others if "padding:0" not in e.get("style").replace(" ", "")]


@pytest.mark.parametrize(
    ("page", "feature"),
    [
        ('<p style="display:flex">', "css-display-flex"),
        ('<p style="box-shadow:0 0 1px #000">', "css-box-shadow"),
        ('<p style="width:calc(100% - 2px)">', "css-unit-calc"),
        ('<p style="padding-inline:1rem">', "css-unit-rem"),
        ("<style>p > b { color: red }</style>", "css-selector-child"),
        ("<style>@supports (gap: 1px) { p { gap: 1px } }</style>", "css-at-supports"),
        ("<video></video>", "element:video"),
        ('<p onload="x">', "attribute:onload"),
        ('<p style="colour:red">', "property:colour"),
    ],
)
def test_what_the_mail_must_not_use_would_be_seen(page, feature):
    found = clients.needs(f"<html><head></head><body>{page}</body></html>")
    assert feature in found
    assert feature not in PARTLY
    assert feature not in NOT_IN_THE_DATA
    assert feature not in clients.support() or set(clients.support()[feature].values()) & {"a", "n"}


def test_the_data_say_what_the_site_says():
    """Spot checks by hand against caniemail.com: Word has no border-radius, Gmail drops <link>, all have tables."""
    support = clients.support()
    assert len(support) > 200
    assert support["css-border-radius"]["outlook.windows"] == "n"
    assert support["css-display-flex"]["outlook.windows"] == "n"
    assert support["css-at-media-prefers-color-scheme"]["apple-mail.ios"] == "y"
    assert set(support["html-table"].values()) == {"y"}
