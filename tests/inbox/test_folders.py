import pytest

from mailbot.inbox.folders import Folder, choose, parse_folders

LINES = [
    b'(\\HasNoChildren) "|" INBOX',
    b'(\\HasNoChildren \\junk) "|" "&BCEEPwQwBDw-"',
    b'(\\Sent) "|" &BB4EQgQ,BEAEMAQyBDsENQQ9BD0ESwQ1-',
    b'(\\Noselect) NIL "a \\"b\\" \\\\ c"',
    (b'() "/" {9}', b"with {1} x"),
    b'() "/" "&b-"',
    b"nonsense",
    None,
]


def test_every_form_of_list():
    assert parse_folders(LINES) == [
        Folder("INBOX", "|", ("\\HasNoChildren",)),
        Folder("Спам", "|", ("\\HasNoChildren", "\\junk")),
        Folder("Отправленные", "|", ("\\Sent",)),
        Folder('a "b" \\ c', "", ("\\Noselect",)),
        Folder("with {1} x", "/", ()),
        Folder("&b-", "/", ()),
    ]


def test_special_uses_are_found_by_their_flag_and_each_folder_once():
    assert choose(["INBOX", "\\Junk", "Спам"], parse_folders(LINES)) == (["INBOX", "Спам"], [])


@pytest.mark.parametrize(("name", "delimiter"), [("INBOX.Spam", "."), ("Спам", ""), ("Mail/Junk E-mail", "/")])
def test_where_nothing_is_flagged_the_usual_names_tell(name, delimiter):
    folders = [Folder("INBOX", delimiter, ()), Folder(name, delimiter, ())]
    assert choose(["INBOX", "\\Junk"], folders) == (["INBOX", name], [])


def test_a_flag_comes_before_a_name():
    folders = [Folder("Spam", "/", ()), Folder("Quarantine", "/", ("\\Junk",))]
    assert choose(["\\Junk"], folders) == (["Quarantine"], [])


def test_what_nobody_answers_to_is_told():
    assert choose(["INBOX", "\\Junk"], [Folder("INBOX", "/", ())]) == (["INBOX"], ["\\Junk"])
    assert choose(["\\Junk"], [Folder("Spam", "/", ("\\Noselect",))]) == ([], ["\\Junk"])
