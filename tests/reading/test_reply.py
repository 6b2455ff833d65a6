"""How each mail program quotes and forwards, as text with a mark before each line of what it is.

n new, h header lines, q quoted, f forwarded, l the letter, s signature, c added by the program; an upper-case letter
means that the authority wrote it.
"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.domain.document import Cell, Paragraph, Table
from mailbot.reading.html.markup import html_to_blocks
from mailbot.reading.passages.reply import split
from mailbot.reading.text.plaintext import text_to_blocks
from tests.reading.samples import default_campaign

MARKS = {"new": "n", "header": "h", "quoted": "q", "forwarded": "f", "letter": "l", "signature": "s", "client": "c"}
OWN_NAMES = ["Пресс-служба МОиН РТ"]
LETTER_LINES = [
    "Информацию о количестве человек, подписавшихся на аккаунты, просим направить",
    "на электронную почту пресс-службы Министерства monrt16@yandex.ru",
    "до 15:00 17 августа 2021 года.",
]


def marks(passages):
    """One letter for each block."""
    return "".join((MARKS[p.kind].upper() if p.ours else MARKS[p.kind]) * len(p.blocks) for p in passages)


def check(marked, subject="Re: О подписке"):
    lines = [line.split("|", 1) for line in marked.strip("\n").split("\n")]
    blocks = text_to_blocks("\n".join(text for _, text in lines), "body")
    passages = split(blocks, default_campaign(), subject, OWN_NAMES)
    assert marks(passages) == "".join(mark for mark, _ in lines)
    return passages


QUOTING = {
    "yandex, marked": """
n|ВК - 35
H|09.08.2021, 14:32, "Пресс-служба МОиН РТ" <monrt16@yandex.ru>:
Q|> Просим ответить до 17.08
""",
    "yandex, not marked": """
n|ВК - 35
H|09.08.2021, 14:32, "Пресс-служба МОиН РТ" <monrt16@yandex.ru>:
Q|Просим ответить до 17.08
""",
    "mail.ru": """
n|ВК - 35
H|Понедельник, 9 августа 2021, 14:32 +03:00 от Пресс-служба МОиН РТ <monrt16@yandex.ru>:
Q|>Просим ответить до 17.08
""",
    "gmail": """
n|ВК - 35
H|пн, 9 авг. 2021 г. в 14:32, Пресс-служба МОиН РТ <monrt16@yandex.ru>:
Q|> Просим ответить до 17.08
""",
    "gmail, wrapped": """
n|ВК - 35
H|пн, 9 авг. 2021 г. в 14:32, Пресс-служба Министерства образования <
H|monrt16@yandex.ru>:
Q|> Просим ответить до 17.08
""",
    "gmail in English": """
n|ВК - 35
H|On Mon, Aug 9, 2021 at 2:32 PM Пресс-служба МОиН РТ <monrt16@yandex.ru>
H|wrote:
Q|> Просим ответить до 17.08
""",
    "thunderbird, a name alone": """
n|ВК - 35
H|09.08.2021 14:32, Пресс-служба МОиН РТ пишет:
Q|> Просим ответить до 17.08
""",
    "thunderbird in English": """
n|ВК - 35
H|On 09.08.2021 14:32, Пресс-служба МОиН РТ wrote:
Q|> Просим ответить до 17.08
""",
    "iphone": """
n|ВК - 35
c|Отправлено с iPhone
H|> 9 авг. 2021 г., в 14:32, Пресс-служба МОиН РТ <monrt16@yandex.ru> написал(а):
Q|>
Q|> Просим ответить до 17.08
""".replace("Q|>\n", ""),
    "the bat": """
n|Здравствуйте, Гульчачак.
H|Вы писали 9 августа 2021 г., 14:32:12:
Q|ГФ> Просим ответить до 17.08
Q|ГФ> Заранее благодарим
n|ВК - 35
s|--
s|С уважением, Анна mailto:anna@example.ru
""",
    "the bat in English": """
n|ВК - 35
H|Monday, August 9, 2021, 2:32:12 PM, you wrote:
Q|> Просим ответить до 17.08
""",
    "roundcube": """
n|ВК - 35
H|Пресс-служба МОиН РТ писал 2021-08-09 14:32:
Q|> Просим ответить до 17.08
""",
    "roundcube, an address alone": """
n|ВК - 35
H|monrt16@yandex.ru писал(а) 09.08.2021 14:32:
Q|> Просим ответить до 17.08
""",
    "communigate": """
n|ВК - 35
H|On Mon, 9 Aug 2021 14:32:11 +0300
H|  Пресс-служба МОиН РТ <monrt16@yandex.ru> wrote:
Q|> Просим ответить до 17.08
""",
    "lotus notes": """
n|ВК - 35
H|От: "Пресс-служба МОиН РТ" <monrt16@yandex.ru>
H|Кому: uo@baltasi.ru
H|Дата: 09.08.2021 14:32
H|Тема: О подписке
Q|Просим ответить до 17.08
""",
    "kmail": """
n|ВК - 35
H|В письме от понедельник, 9 августа 2021 г. 14:32:11 MSK пользователь Пресс-служба МОиН РТ написал:
Q|> Просим ответить до 17.08
""",
    "tatar": """
n|ВК - 35
H|дүшәмбе, 9 авг. 2021 14:32, Пресс-служба МОиН РТ <monrt16@yandex.ru> язды:
Q|> Просим ответить до 17.08
""",
    "tatar, the verb in the present": """
n|ВК - 35
H|09.08.2021 14:32, Пресс-служба МОиН РТ яза:
Q|> Просим ответить до 17.08
""",
    "a program that nobody knows": """
n|ВК - 35
H|2021-08-09 14:32 GMT+03:00, monrt16@yandex.ru <monrt16@yandex.ru>:
Q|> Просим ответить до 17.08
""",
    "outlook": """
n|ВК - 35
H|От: Пресс-служба МОиН РТ [mailto:monrt16@yandex.ru]
H|Отправлено: понедельник, 9 августа 2021 г. 14:32
H|Кому: roo@tatar.ru
H|Тема: О подписке
Q|Просим ответить до 17.08
""",
    "outlook without an address": """
n|ВК - 35
H|From: Пресс-служба МОиН РТ
H|Sent: Monday, August 09, 2021 2:32 PM
H|To: roo@tatar.ru; uo@tatar.ru;
H|  school@tatar.ru
H|Subject: О подписке
Q|Просим ответить до 17.08
""",
    "outlook express": """
n|ВК - 35
H|----- Original Message -----
H|From: "Пресс-служба МОиН РТ" <monrt16@yandex.ru>
H|To: <school@mail.ru>
H|Sent: Monday, August 09, 2021 2:32 PM
H|Subject: О подписке
Q|Просим ответить до 17.08
""",
    "outlook express as text of its html": """
n|ВК - 35
H|----- Original Message ----- From: "Пресс-служба МОиН РТ" <monrt16@yandex.ru>
H|To: <school@mail.ru>
H|Sent: Monday, August 09, 2021 2:32 PM
H|Subject: О подписке
Q|> Просим ответить до 17.08
""",
    "zimbra": """
n|ВК - 35
H|----- Исходное сообщение -----
H|От: "Пресс-служба МОиН РТ" <monrt16@yandex.ru>
H|Кому: "roo" <roo@tatar.ru>
H|Отправленные: Понедельник, 9 Август 2021 г 14:32:10
H|Тема: О подписке
Q|Просим ответить до 17.08
""",
    "samsung": """
n|ВК - 35
c|Отправлено с моего устройства Galaxy
H|-------- Исходное сообщение --------
H|От: Пресс-служба МОиН РТ <monrt16@yandex.ru>
H|Дата: 09.08.21 14:32 (GMT+03:00)
H|Кому: school@mail.ru
H|Тема: О подписке
Q|Просим ответить до 17.08
""",
    "answers between the lines": """
H|09.08.2021 14:32, Пресс-служба МОиН РТ пишет:
Q|> Сколько человек подписалось?
n|35 человек
Q|> А в Одноклассниках?
n|40 человек
""",
    "the answer below": """
H|09.08.2021, 14:32, "Пресс-служба МОиН РТ" <monrt16@yandex.ru>:
Q|> Просим ответить до 17.08
n|ВК - 35, всего 107
""",
    "a postscript below the signature": """
n|Спасибо, взяли в работу.
s|С уважением,
s|Фарида Мансуровна
n|P.S. на сегодня подписано: 640 человек
""",
    "figures below the signature": """
n|Добрый день!
s|--
s|директор Иванова
s|тел. 2-12-44
n|ВКонтакте – 35
n|ОК: 40
""",
    "an earlier mail of the respondent": """
n|Исправленные данные: ВК 43
h|16.08.2021, 15:02, "Альбина" <albina@mail.ru>:
q|> ВК 34
""",
    "a thread": """
n|ВК 43
H|17.08.2021, 09:05, "Пресс-служба МОиН РТ" <monrt16@yandex.ru>:
Q|> Уточните, пожалуйста
h|> 16.08.2021, 15:02, "Альбина" <albina@mail.ru>:
q|>> ВК 34
Q|> Ждём
n|всего 107
""",
}


@pytest.mark.parametrize("marked", QUOTING.values(), ids=QUOTING)
def test_quotations_of_each_program(marked):
    passages = check(marked)
    assert [block.locator for p in passages for block in p.blocks] == [
        f"body:{i}" for i in range(1, sum(len(p.blocks) for p in passages) + 1)
    ]


FORWARDING = {
    "yandex": (
        "Fwd: подписка",
        """
n|Направляем информацию.
h|-------- Пересылаемое сообщение --------
h|16.08.2021, 15:31, "Соколова Т." <sokolova@mail.ru>:
f|ВК - 35
h|-------- Конец пересылаемого сообщения --------
n|Канцелярия
""",
    ),
    "two in one": (
        "Fwd: школы",
        """
h|-------- Пересылаемое сообщение --------
h|16.08.2021, 10:15, "Школа 1" <sch1@mail.ru>:
f|ВК 22
h|-------- Конец пересылаемого сообщения --------
h|-------- Пересылаемое сообщение --------
h|16.08.2021, 11:41, "Школа 2" <sch2@mail.ru>:
f|ВК 34
h|-------- Конец пересылаемого сообщения --------
""",
    ),
    "mail.ru": (
        "Fwd: подписка",
        """
n|Добрый день, свод.
h|-------- Пересылаемое сообщение --------
h|От: Методкабинет <metod@mail.ru>
h|Кому: uo@mail.ru
h|Дата: Понедельник, 16 августа 2021, 17:12 +03:00
h|Тема: свод
f|ВК - 35
""",
    ),
    "gmail": (
        "Fwd: подписка",
        """
h|---------- Forwarded message ---------
h|От: Школа <school@gmail.com>
h|Date: пн, 16 авг. 2021 г. в 10:00
h|Subject: подписка
h|To: <roo@gmail.com>
f|ВК - 35
""",
    ),
    "thunderbird": (
        "Fwd: подписка",
        """
h|-------- Перенаправленное сообщение --------
h|Тема: \tподписка
h|Дата: \tMon, 16 Aug 2021 10:00:00 +0300
h|От: \tШкола <school@mail.ru>
h|Кому: \troo@mail.ru
f|ВК - 35
""",
    ),
    "iphone": (
        "Fwd: подписка",
        """
c|Отправлено с iPhone
h|Начало переадресованного сообщения:
h|> От: Школа <school@icloud.com>
h|> Дата: 16 августа 2021 г., 10:00:00 GMT+3
h|> Кому: roo@icloud.com
h|> Тема: подписка
f|> ВК - 35
""",
    ),
    "the bat": (
        "Fwd: подписка",
        """
n|Здравствуйте, Гульчачак.
h|===8<==============Исходный текст сообщения===============
f|ВК - 35
h|===8<===========Конец исходного текста сообщения===========
s|--
s|С уважением, Анна
""",
    ),
    "lotus notes": (
        "Fw: подписка",
        """
h|----- Переслано Фарида Галимова/Baltasi/TatarRu дата 16.08.2021 15:31 -----
h|От: school@mail.ru
h|Кому: uo@baltasi.ru
h|Дата: 16.08.2021 10:00
h|Тема: подписка
f|ВК - 35
""",
    ),
    "outlook, told by the subject": (
        "FW: подписка",
        """
n|Направляем. Информация по нашей школе на сегодняшний день готова, мы проверили её вместе с директором и с завучем,
n|и с заместителями, и с секретарём, так что в ней нет никаких ошибок, и мы просим принять её без замечаний, хотя она
n|и задержалась, потому что многие были в отпусках и на больничных, а кое-кто и вовсе уехал на море с детьми и родными.
h|From: Школа [mailto:school@mail.ru]
h|Sent: Monday, August 16, 2021 10:00 AM
h|To: roo@tatar.ru
h|Subject: подписка
f|ВК - 35
""",
    ),
    "outlook, told by the short note above": (
        "О подписке",
        """
n|Направляем информацию.
h|От: Школа [mailto:school@mail.ru]
h|Отправлено: 16 августа 2021 г. 10:00
h|Кому: roo@tatar.ru
h|Тема: подписка
f|ВК - 35
""",
    ),
    "outlook, an answer all the same": (
        "RE: О подписке",
        """
n|ВК - 43
h|От: Школа [mailto:school@mail.ru]
h|Отправлено: 16 августа 2021 г. 10:00
h|Кому: roo@tatar.ru
h|Тема: подписка
q|ВК - 35
""",
    ),
    "outlook, figures above": (
        "подписка СОШ 5",
        """
n|Исправляем: ВК - 43
h|От: Школа [mailto:school@mail.ru]
h|Отправлено: 16 августа 2021 г. 10:00
h|Кому: roo@tatar.ru
h|Тема: подписка СОШ 5
q|ВК - 35
""",
    ),
    "a forward of a forward": (
        "Fwd: Fwd: подписка",
        """
n|Направляем информацию.
h|16.08.2021, 16:48, "Управление образования" <uo@mail.ru>:
h|> -------- Пересылаемое сообщение --------
h|> 16.08.2021, 15:31, "Школа" <school@mail.ru>:
f|> ВК - 35
h|> -------- Конец пересылаемого сообщения --------
""",
    ),
    "our letter below the forwarded answer": (
        "Fwd: подписка",
        """
n|Направляем.
h|-------- Пересылаемое сообщение --------
h|16.08.2021, 15:31, "Школа" <school@mail.ru>:
f|ВК - 35
H|09.08.2021, 14:32, "Пресс-служба МОиН РТ" <monrt16@yandex.ru>:
Q|> Просим ответить до 17.08
""",
    ),
    "tatar": (
        "Fwd: язылу",
        """
h|-------- Җибәрелгән хат --------
h|Кемнән: Мәктәп <school@mail.ru>
h|Вакыты: 16.08.2021 10:00
f|ВК - 35
""",
    ),
    "nothing but the marks of quotation": (
        "подписка",
        """
n|Направляем информацию.
f|> МБОУ СОШ №5
f|> ВК - 35
""",
    ),
}


@pytest.mark.parametrize(("subject", "marked"), FORWARDING.values(), ids=FORWARDING)
def test_forwards_of_each_program(subject, marked):
    check(marked, subject)


OWN_WORDS = [
    "На Ваше письмо от 09.08.2021 № 9512/21 отдел образования сообщает:",
    "По состоянию на 16.08.2021 14:00 подписалось:",
    "16.08.2021 в 10:00 на аккаунты было подписано:",
    "Директор школы пишет Вам о том, что на 16.08.2021 подписались:",
    "Как вы писали 9 августа, направляем данные:",
    "Дата: 16.08.2021",
    "От: МБОУ «СОШ №5»",
    "ВК>30",
    "Отправлено 35 приглашений родителям",
    "Отправлено из школы 40 человек",
    "| ВК | 35 |",
    "+------+------+",
    "______________________",
    "С уважением относимся к Вашей просьбе и сообщаем, ВК 35",
    "Переслано в школы",
    "Тема: Подписка\nДата: 16.08.2021\nОт: МБОУ «СОШ №5»",
    "Кому: пресс-службе\nОт кого: МБДОУ №12\nТема: отчёт",
]


@pytest.mark.parametrize("text", OWN_WORDS)
def test_own_words_are_no_quotation(text):
    blocks = text_to_blocks(f"Добрый день\n{text}\nМБОУ «СОШ №5»", "body")
    assert set(marks(split(blocks, default_campaign(), "Re: подписка"))) == {"n"}


def test_sender_of_a_quotation():
    blocks = text_to_blocks("Понедельник, 9 августа 2021, 14:32 +03:00 от Анна Ли <Anna@mail.ru>:\n> ВК 34", "body")
    sender = split(blocks, default_campaign())[-1].sender
    assert (sender.sender_name, sender.sender_address) == ("Анна Ли", "anna@mail.ru")
    assert sender.date.isoformat() == "2021-08-09T14:32:00+03:00"


def test_sender_of_a_forward_and_its_depth():
    text = (
        "Направляем\n-------- Пересылаемое сообщение --------\nОт: Школа 5 <s5@tatar.ru>\nКому: Роо <roo@tatar.ru>\n"
        "Дата: 16.08.2021 10:00\nТема: подписка СОШ 5\nВК 34"
    )
    passage = split(text_to_blocks(text, "body"), default_campaign())[-1]
    assert passage.kind == "forwarded"
    assert passage.depth == 1
    assert passage.sender.sender_name == "Школа 5"
    assert passage.sender.recipients == ("roo@tatar.ru",)
    assert passage.sender.subject == "подписка СОШ 5"


@pytest.mark.parametrize("width", [40, 60, 76, 200])
def test_letter_is_known_again_however_it_is_wrapped(width):
    words = default_campaign().letter.split()
    lines, line = [], ""
    for word in words:
        if len(line) + len(word) > width:
            lines.append(line)
            line = ""
        line = f"{line} {word}".strip()
    blocks = text_to_blocks("\n".join(["Добрый день!", *lines, line, "ВК – 35, ОК – 40"]), "body")
    kinds = marks(split(blocks, default_campaign(), "Re: подписка"))
    assert kinds[0] == "n"
    assert kinds[-1] == "n"
    assert kinds.count("l") >= 0.9 * (len(kinds) - 2)


def test_part_of_the_letter_pasted_without_marks():
    blocks = text_to_blocks("\n".join([*LETTER_LINES, "МБОУ «СОШ №5»: ВК – 35"]), "body")
    assert marks(split(blocks, default_campaign())) == "llln"


def test_heading_in_the_letters_words_is_the_senders_own():
    blocks = text_to_blocks(
        "Информация о количестве человек, подписавшихся на аккаунты Министерства образования\nВК – 35", "body"
    )
    assert marks(split(blocks, default_campaign())) == "nn"


def test_letter_filled_in_is_new():
    lines = [
        "09.08.2021 14:32, Пресс-служба МОиН РТ пишет:",
        *(f"> {line}" for line in LETTER_LINES),
        "> «Вконтакте»: https://vk.com/public174961040 – 35 чел.",
        "> «Instagram»: https://www.instagram.com/mon.rt/",
    ]
    assert marks(split(text_to_blocks("\n".join(lines), "body"), default_campaign())) == "HLLLnL"


def test_answer_below_an_unmarked_quotation_of_the_letter():
    lines = [
        "09.08.2021, 14:32, <monrt16@yandex.ru>:",
        *LETTER_LINES,
        "МБОУ «СОШ №5»",
        "ВК – 35, ОК – 40",
        "всего 75",
    ]
    kinds = marks(split(text_to_blocks("\n".join(lines), "body"), default_campaign()))
    assert kinds == "HLLLQnn"


def test_quoted_letter_without_an_address_is_ours():
    lines = ["09.08.2021 14:32, Министерство пишет:", *(f"> {line}" for line in LETTER_LINES), "> Ждём"]
    assert marks(split(text_to_blocks("\n".join(lines), "body"), default_campaign())) == "HLLLQ"


HTML = {
    "yandex": (
        (
            "<div>ВК 35</div><div>09.08.2021, 14:32, «Пресс-служба» &lt;monrt16@yandex.ru&gt;:</div>"
            "<blockquote><div>Просим</div></blockquote>"
        ),
        "nHQ",
    ),
    "gmail, answers between": (
        (
            '<div>ВК 35</div><div class="gmail_quote"><div class="gmail_attr">пн, 9 авг. 2021 г. в 14:32, '
            'Пресс-служба &lt;<a href="mailto:monrt16@yandex.ru">monrt16@yandex.ru</a>&gt;:<br></div>'
            '<blockquote class="gmail_quote" style="margin:0 0 0 .8ex;border-left:1px #ccc solid">Сколько?</blockquote>'
            "<div>167 чел.</div><blockquote class=gmail_quote>А в ОК?</blockquote></div>"
        ),
        "nHQnQ",
    ),
    "outlook": (
        (
            '<div class=WordSection1><p class=MsoNormal>ВК 35<o:p></o:p></p><div style="border:none;border-top:solid '
            '#E1E1E1 1.0pt"><p class=MsoNormal><b>От:</b> Пресс-служба [mailto:monrt16@yandex.ru] <br><b>Отправлено:</b> '
            "9 августа 2021 г. 14:32<br><b>Кому:</b> roo@tatar.ru<br><b>Тема:</b> О подписке</p></div>"
            "<p class=MsoNormal>Просим</p></div>"
        ),
        "nHHHHQ",
    ),
    "outlook on the web": (
        (
            '<div>ВК 35</div><hr tabindex="-1"><div id="divRplyFwdMsg"><font><b>От:</b> Пресс-служба '
            "&lt;monrt16@yandex.ru&gt;<br><b>Отправлено:</b> 9 августа 2021 г. 14:32<br><b>Кому:</b> roo@tatar.ru<br>"
            "<b>Тема:</b> О подписке</font></div><div>Просим</div>"
        ),
        "nHHHHQ",
    ),
    "thunderbird's table of headers": (
        (
            '<p>См. ниже</p><div class="moz-forward-container">-------- Перенаправленное сообщение --------<table '
            'class="moz-email-headers-table"><tr><th>Тема: </th><td>подписка</td></tr><tr><th>Дата: </th><td>Mon, 16 Aug '
            "2021 10:00:00 +0300</td></tr><tr><th>От: </th><td>Школа &lt;s@mail.ru&gt;</td></tr></table><p>ВК 35</p></div>"
        ),
        "nhhf",
    ),
    "an indent is no quotation": (
        '<div>Добрый день</div><blockquote style="margin:0 0 0 40px;border:none;padding:0">ВК 35</blockquote>',
        "nn",
    ),
    "a table below the signature": (
        (
            "<p>Добрый день</p><p>С уважением, Анна</p><table><tr><td>ВК</td><td>ОК</td></tr><tr><td>35</td><td>40</td>"
            "</tr></table>"
        ),
        "nsn",
    ),
}


@pytest.mark.parametrize(("html", "kinds"), HTML.values(), ids=HTML)
def test_quotations_in_html(html, kinds):
    assert marks(split(html_to_blocks(html, "body"), default_campaign(), "Re: подписка", OWN_NAMES)) == kinds


@given(
    st.lists(
        st.tuples(
            st.sampled_from(
                [
                    "ВК 35",
                    "-- ",
                    "От: a@b.ru",
                    "Дата: 09.08.2021 14:32",
                    "Тема: x",
                    "09.08.2021 14:32, А пишет:",
                    "",
                    "-------- Пересылаемое сообщение --------",
                    "-------- Конец пересылаемого сообщения --------",
                    "P.S.",
                ]
            ),
            st.integers(0, 3),
        ),
        max_size=20,
    )
)
def test_every_block_comes_back_once_in_order(lines):
    blocks = tuple(Paragraph(text, f"body:{i}", quote=quote) for i, (text, quote) in enumerate(lines))
    table = Table(((Cell("ВК", "t!A1"),),), "t")
    passages = split((*blocks, table), default_campaign(), "Fwd: x")
    assert tuple(block for passage in passages for block in passage.blocks) == (*blocks, table)
