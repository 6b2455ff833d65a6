import pytest

from mailbot.domain.document import Attachment, Document, Limits, Opened, Trouble
from mailbot.reading.formats import open_attachment
from mailbot.reading.opening import Budget, open_all
from tests.reading.formats.builders import zipped

CSV = "ОО;ВК\nСОШ № 1;35\n".encode()
OTHER = "ОО;ВК\nСОШ № 2;36\n".encode()
EML = b"From: a@b.ru\nTo: c@d.ru\nSubject: x\n\nBK: 35\n"


def test_children_are_opened_in_turn_and_named_by_their_path():
    inner = zipped({"Школа 1.csv": CSV})
    opening = open_all(
        [Attachment("архив.zip", zipped({"село.zip": inner, "город.csv": OTHER}))], open_attachment, Limits()
    )
    assert [document.name for document in opening.documents] == [
        "архив.zip/село.zip/Школа 1.csv",
        "архив.zip/город.csv",
    ]
    table = opening.documents[0].blocks[0]
    assert table.rows[1][1].locator == "архив.zip/село.zip/Школа 1.csv!B2"
    assert opening.names == (
        "архив.zip",
        "архив.zip/село.zip",
        "архив.zip/село.zip/Школа 1.csv",
        "архив.zip/город.csv",
    )


def test_the_children_of_a_nameless_attachment_have_their_own_names():
    opening = open_all([Attachment("", zipped({"a.csv": CSV}))], open_attachment, Limits())
    assert opening.names == ("", "a.csv")


def test_identical_bytes_are_opened_once():
    opening = open_all([Attachment("a.csv", CSV), Attachment("b.csv", CSV)], open_attachment, Limits())
    assert [document.name for document in opening.documents] == ["a.csv"]
    assert opening.names == ("a.csv", "b.csv")


def test_mails_are_handed_back_under_the_name_of_their_file():
    attachments = [Attachment("", EML, "message/rfc822"), Attachment("архив.zip", zipped({"письмо.eml": EML + b"!"}))]
    opening = open_all(attachments, open_attachment, Limits())
    assert [(mail.name, mail.data) for mail in opening.mails] == [("", EML), ("архив.zip/письмо.eml", EML + b"!")]
    assert opening.documents == ()


def nested(depth: int) -> bytes:
    content = CSV
    for _ in range(depth):
        content = zipped({"a.zip": content})
    return content


def test_depth_is_bounded():
    limits = Limits(depth=3)
    assert open_all([Attachment("a.zip", nested(3))], open_attachment, limits).troubles == ()
    too_deep = open_all([Attachment("a.zip", nested(4))], open_attachment, limits)
    assert [trouble.code for trouble in too_deep.troubles] == ["attachment_too_large"]
    deeper_yet = open_all([Attachment("a.zip", nested(2))], open_attachment, limits, depth=2)
    assert [trouble.code for trouble in deeper_yet.troubles] == ["attachment_too_large"]


@pytest.mark.parametrize("limits", [Limits(parts=3), Limits(unpacked_bytes=600)])
def test_parts_and_bytes_are_bounded_over_the_whole_tree(limits):
    attachments = [
        Attachment(f"{n}.zip", zipped({f"{m}.csv": CSV + f"{n}{m}".encode() for m in range(2)})) for n in range(3)
    ]
    opening = open_all(attachments, open_attachment, limits)
    assert "attachment_too_large" in {trouble.code for trouble in opening.troubles}
    assert len(opening.documents) < 6
    assert len(opening.names) == 3 + 2 * sum(name.endswith(".zip/0.csv") for name in opening.names)


def test_the_opener_gets_each_attachment_once_and_its_troubles_are_kept():
    seen = []

    def opener(attachment: Attachment, limits: Limits) -> Opened:
        seen.append((attachment.name, limits))
        document = Document(attachment.name, "attachment", "x", ())
        return Opened((document,), troubles=(Trouble("reader_crashed", "…", attachment.name),))

    limits = Limits()
    opening = open_all([Attachment("a", b"1"), Attachment("b", b"2")], opener, limits)
    assert seen == [("a", limits), ("b", limits)]
    assert [trouble.name for trouble in opening.troubles] == ["a", "b"]


def test_empty_attachments_are_each_told():
    opening = open_all([Attachment("a.xlsx", b""), Attachment("b.xlsx", b"")], open_attachment, Limits())
    assert [(trouble.code, trouble.name) for trouble in opening.troubles] == [
        ("attachment_empty", "a.xlsx"),
        ("attachment_empty", "b.xlsx"),
    ]


def test_one_budget_may_hold_for_several_calls():
    limits = Limits(parts=2)
    budget = Budget.of(limits)
    first = open_all([Attachment("a.csv", CSV)], open_attachment, limits, budget=budget)
    again = open_all([Attachment("b.csv", CSV), Attachment("c.csv", OTHER)], open_attachment, limits, budget=budget)
    beyond = open_all([Attachment("d.csv", CSV + b"1;2")], open_attachment, limits, budget=budget)
    assert [len(opening.documents) for opening in (first, again, beyond)] == [1, 1, 0]
    assert [trouble.code for trouble in beyond.troubles] == ["attachment_too_large"]
