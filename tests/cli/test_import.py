import mailbox

import pytest

from tests.cli.test_parse import PROMISE, REPORT, write


def as_mbox(folder):
    box = mailbox.mbox(folder / "box")
    for text in (REPORT, PROMISE):
        box.add(text.encode())
    box.close()
    return folder / "box"


def as_maildir(folder):
    box = mailbox.Maildir(folder / "dir")
    for text in (REPORT, PROMISE):
        box.add(text.encode())
    return folder / "dir"


def as_folder(folder):
    (folder / "mails").mkdir()
    return write(folder / "mails", a=REPORT, b=PROMISE)


@pytest.mark.parametrize("make", [as_mbox, as_maildir, as_folder])
def test_mail_from_files_is_read_once(run, config, tmp_path, make):
    path, source = config(), make(tmp_path)
    done = run("import", "-c", path, source)
    assert (done.code, done.out) == (0, "писем в файлах: 2, новых: 2\n")
    assert run("import", "-c", path, source).out == "писем в файлах: 2, новых: 0\n"
    again = run("reread", "-c", path)
    assert again.out == "прочтено заново: 2\n"
    status = run("status", "-c", path).out
    assert "accepted 1" in status
    assert "ждут чтения: 0" in status


def test_a_mail_over_the_limit_is_told(run, config, tmp_path):
    done = run("import", "-c", config("[limits]\nmessage_bytes = 100\n"), write(tmp_path, a=REPORT))
    assert "a.eml: письмо больше предела" in done.err
    assert "новых: 0" in done.out
