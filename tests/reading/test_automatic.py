"""Mail that no person wrote, each kind said in several ways; and persons' mail that looks like it."""

from __future__ import annotations

import pytest

from mailbot.reading.message.mail import decode
from mailbot.reading.passages import automatic
from mailbot.reading.passages.automatic import recognise
from tests.reading.samples import default_campaign

FIGURES = "МБОУ «СОШ №5»: ВКонтакте - 35, Инстаграм - 40, ОК - 32"


def mail(body, *headers, subject="Re: О подписке", sender="Анна <anna@tatar.ru>", kind="text/plain; charset=utf-8"):
    fields = [f"From: {sender}", "To: monrt16@yandex.ru", f"Subject: {subject}", *headers, f"Content-Type: {kind}"]
    return ("\n".join(fields) + "\n\n" + body + "\n").encode()


def report(kind, machine, *headers, text="Ваше сообщение"):
    body = f"--b\nContent-Type: text/plain; charset=utf-8\n\n{text}\n--b\nContent-Type: message/{machine}\n\nAction: failed\n--b--"
    return mail(body, *headers, kind=f"multipart/report; report-type={kind}; boundary=b")


def calendar(method, *, alternative=True):
    part = f"BEGIN:VCALENDAR\nMETHOD:{method}\nEND:VCALENDAR"
    if not alternative:
        return mail(part, kind=f"text/calendar; method={method}")
    body = f"--b\n\nПриглашение на ВКС: 35 человек\n--b\nContent-Type: text/calendar\n\n{part}\n--b--"
    return mail(body, kind="multipart/alternative; boundary=b")


DAEMON = "Mail Delivery System <MAILER-DAEMON@mx.tatar.ru>"
AUTOMATIC = {
    "delivery status": (report("delivery-status", "delivery-status"), automatic.BOUNCE),
    "delivery status with figures": (report("delivery-status", "delivery-status", text=FIGURES), automatic.BOUNCE),
    "disposition notification": (report("disposition-notification", "disposition-notification"), automatic.RECEIPT),
    "report without its type": (
        report("", "delivery-status", "Return-Path: <>", text="could not be delivered"),
        automatic.BOUNCE,
    ),
    "qmail": (
        mail(
            "Hi. This is the qmail-send program.\nI wasn't able to deliver your message",
            subject="failure notice",
            sender=DAEMON,
        ),
        automatic.BOUNCE,
    ),
    "exim, with the figures of others quoted": (
        mail(f"could not be delivered\n{FIGURES}", "X-Failed-Recipients: a@b.ru", sender=DAEMON),
        automatic.BOUNCE,
    ),
    "sendmail of old": (
        mail(
            "550 User unknown", "Return-Path: <>", subject="Returned mail: User unknown", sender="postmaster@tatar.ru"
        ),
        automatic.BOUNCE,
    ),
    "exchange in Russian": (
        mail(
            "Не удалось доставить сообщение следующим получателям",
            "Return-Path: <>",
            subject="Не удается доставить: О подписке",
            sender="Microsoft Outlook <MicrosoftExchange329e71ec88ae4615@tatar.ru>",
        ),
        automatic.BOUNCE,
    ),
    "a bounce in Tatar": (
        mail("Хат җибәрелмәде", subject="Хат җибәрелмәде: подписка", sender="postmaster@tatar.ru"),
        automatic.BOUNCE,
    ),
    "a bounce from an unknown program": (
        mail(
            "Сообщение не доставлено: ящик получателя переполнен", "Return-Path: < >", subject="Ошибка", sender="x@y.ru"
        ),
        automatic.BOUNCE,
    ),
    "rfc 3834": (mail("Я в отпуске", "Auto-Submitted: auto-replied"), automatic.AUTOREPLY),
    "rfc 3834 with a comment": (mail("в отпуске", "Auto-Submitted: auto-replied (vacation)"), automatic.AUTOREPLY),
    "rfc 3834 with figures": (mail(FIGURES, "Auto-Submitted: auto-replied"), automatic.AUTOREPLY),
    "generated": (mail("Документ принят", "Auto-Submitted: auto-generated"), automatic.NOTICE),
    "x-autoreply": (mail("Спасибо", "X-Autoreply: yes"), automatic.AUTOREPLY),
    "x-autorespond": (mail("Спасибо", "X-Autorespond: Re: подписка"), automatic.AUTOREPLY),
    "precedence": (mail("Спасибо", "Precedence: auto_reply"), automatic.AUTOREPLY),
    "exchange, by the subject": (
        mail("С 2 по 29 августа 2021 г. я в отпуске", subject="Автоматический ответ: О подписке"),
        automatic.AUTOREPLY,
    ),
    "outlook in English": (mail("I am away until 24.08", subject="Out of Office: podpiska"), automatic.AUTOREPLY),
    "mail.ru": (mail("Буду 20 августа", subject="Автоответ: О подписке"), automatic.AUTOREPLY),
    "in Tatar": (mail("Мин 23 августка кадәр ялда", subject="Автоматик җавап: подписка"), automatic.AUTOREPLY),
    "absence and a robot's words": (
        mail("Я нахожусь в отпуске до 23.08. Это автоматический ответ."),
        automatic.AUTOREPLY,
    ),
    "absence, from nobody": (mail("Буду отсутствовать до 23.08", "Return-Path: <>"), automatic.AUTOREPLY),
    "receipt of outlook": (
        mail("Ваше сообщение\nКому: x\nТема: y\n\nпрочтено 09.08.2021 15:10", subject="Прочтено: О подписке"),
        automatic.RECEIPT,
    ),
    "receipt, unread": (mail("удалено без прочтения 18.08", subject="Не прочтено: О подписке"), automatic.RECEIPT),
    "receipt in English": (mail("Your message was read on 8/9/2021", subject="Read: podpiska"), automatic.RECEIPT),
    "receipt of another program": (
        mail("Письмо было прочитано получателем", subject="Уведомление о прочтении: О подписке"),
        automatic.RECEIPT,
    ),
    "receipt in Tatar": (mail("Сезнең хат укылды 09.08.2021", subject="Укылды: язылу"), automatic.RECEIPT),
    "invitation": (calendar("REQUEST"), automatic.CALENDAR),
    "invitation accepted": (calendar("REPLY", alternative=False), automatic.CALENDAR),
    "invitation withdrawn": (calendar("CANCEL"), automatic.CALENDAR),
    "invitation as a file": (
        mail(
            "--b\n\n18.08, 10:00-11:00, room 35\n--b\nContent-Type: text/calendar; method=REQUEST; name=invite.ics\n"
            "Content-Disposition: attachment; filename=invite.ics\n\nBEGIN:VCALENDAR\n--b--",
            kind="multipart/mixed; boundary=b",
        ),
        automatic.CALENDAR,
    ),
    "exchange's invitation": (
        mail("ВКС 18.08", "Content-Class: urn:content-classes:calendarmessage"),
        automatic.CALENDAR,
    ),
    "registration notice": (
        mail("Ваше обращение зарегистрировано за № 3412 от 10.08.2021", sender="ЭДО <noreply@tatar.ru>"),
        automatic.NOTICE,
    ),
    "registration, told by a robot": (
        mail("Документ № 12 зарегистрирован. Сообщение сформировано автоматически, отвечать на него не нужно."),
        automatic.NOTICE,
    ),
    "help desk": (
        mail("Заявка № 4512 принята в работу. Не отвечайте на это письмо.", subject="[#4512] О подписке"),
        automatic.NOTICE,
    ),
    "robot in English": (mail("This is an automatically generated message, do not reply"), automatic.NOTICE),
    "robot in Tatar": (mail("Бу хат автоматик рәвештә җибәрелде"), automatic.NOTICE),
    "newsletter": (
        mail(f"Нас читают! {FIGURES}", "List-Unsubscribe: <https://x.ru/u>", "Precedence: bulk", subject="Новости"),
        automatic.BULK,
    ),
    "newsletter without a list's header": (
        mail("Скоро 1 сентября\nОтписаться от рассылки: https://x.ru/u", "Precedence: bulk", subject="Новости"),
        automatic.BULK,
    ),
    "newsletter of a robot": (
        mail("30 уроков", "List-Unsubscribe: <https://x.ru/u>", sender="Уроки <no-reply@uroki.ru>", subject="Уроки"),
        automatic.BULK,
    ),
    "newsletter that names accounts": (
        mail("ВКонтакте – 45 000, отписаться", "List-Unsubscribe: <https://x.ru/u>", subject="Новости"),
        automatic.BULK,
    ),
    "newsletter without a word of it": (
        mail("Скоро 1 сентября", "List-Unsubscribe: <https://x.ru/u>", subject="Новости"),
        automatic.BULK,
    ),
    "a network's notification": (
        mail("На Ваше сообщество ВКонтакте подписались 34 человека", sender="ВКонтакте <admin@notify.vk.com>"),
        automatic.NETWORK,
    ),
    "another network's": (
        mail("mon.rt has 34 new followers in Instagram", sender="Instagram <no-reply@mail.instagram.com>"),
        automatic.NETWORK,
    ),
    "selling followers": (
        mail("ВКонтакте - 1000 за 490 руб.\nОК - 500 за 690 руб.\nГарантия 30 дней", subject="Живые подписчики"),
        automatic.SPAM,
    ),
    "selling courses": (
        mail(
            "<table><tr><td>Охрана труда<td>950 р.<tr><td>ПТМ<td>700 р.</table>Скидка 15%",
            kind="text/html",
            subject="Обучение",
        ),
        automatic.SPAM,
    ),
    "phishing": (
        mail(
            "<p>Ваш ящик переполнен. <a href='http://x.example'>Подтвердите учётную запись</a>",
            kind="text/html",
            subject="Внимание",
        ),
        automatic.SPAM,
    ),
    "phishing in English": (
        mail(
            "<p>Your mailbox is full, <a href='http://x.example'>verify your account</a>",
            kind="text/html",
            subject="Warning",
        ),
        automatic.SPAM,
    ),
}


@pytest.mark.parametrize(("raw", "reason"), AUTOMATIC.values(), ids=AUTOMATIC)
def test_automatic_mail(raw, reason):
    assert recognise(decode(raw), default_campaign()) == reason


def with_file(body, *headers, **options):
    content = f"--b\nContent-Type: text/plain; charset=utf-8\n\n{body}\n--b\nContent-Type: application/pdf; name=1.pdf\n\n%PDF\n--b--"
    return mail(content, *headers, kind="multipart/mixed; boundary=b", **options)


PERSONS = {
    "on holiday, with figures": mail(f"Я в отпуске до 23 августа, пишу с телефона. {FIGURES}"),
    "on holiday, with figures and a robot's word": mail(f"Я в отпуске. {FIGURES}. Сводка сформирована автоматически."),
    "the subject of an automatic reply answered": mail(FIGURES, subject="Re: Автоматический ответ: О подписке"),
    "sent again after a bounce": mail(FIGURES, subject="Fwd: Недоставленное сообщение"),
    "a bounce told by a person": mail(f"Письмо вернулось: не удалось доставить. Повторно: {FIGURES}"),
    "through a mailing list": mail(
        f"{FIGURES}\n--\nЧтобы отменить подписку на эту группу, отправьте письмо",
        "Precedence: list",
        "List-Unsubscribe: <mailto:x@googlegroups.com>",
        "List-Post: <mailto:x@googlegroups.com>",
    ),
    "through an old mailing list": mail(
        FIGURES, "Precedence: bulk", "List-Unsubscribe: <mailto:x@y.ru>", "X-BeenThere: schools@y.ru"
    ),
    "an answer through a service that adds a list's header": mail(
        FIGURES, "List-Unsubscribe: <mailto:x@y.ru>", "In-Reply-To: <1@yandex.ru>"
    ),
    "no, not automatic": mail(FIGURES, "Auto-Submitted: no", "X-Autoreply: no"),
    "a program's report with a file": with_file("Отчёт во вложении", "Auto-Submitted: auto-generated"),
    "a scanner": with_file("Scanned document attached. Do not reply.", sender="Scanner <noreply@school.ru>"),
    "an acknowledgement with a file": with_file("Ваше письмо получено и зарегистрировано, вх. № 1284"),
    "an acknowledgement": mail("Ваше письмо получили, взяли в работу, спасибо."),
    "a question": mail("Ваше письмо получили. Детские сады тоже отчитываются?"),
    "an accepted thank-you": mail(FIGURES, subject="Re: Принято: Заинск"),
    "a calendar beside the report": mail(
        f"--b\nContent-Type: text/plain; charset=utf-8\n\n{FIGURES}\n--b\nContent-Type: text/calendar; name=a.ics\n"
        "Content-Disposition: attachment\n\nBEGIN:VCALENDAR\nMETHOD:REQUEST\nEND:VCALENDAR\n--b--",
        kind="multipart/mixed; boundary=b",
    ),
    "a price in passing": mail(f"{FIGURES}. За рекламу заплатили 500 руб.", "In-Reply-To: <1@yandex.ru>"),
    "from the postmaster himself": mail(FIGURES, sender="Школа <postmaster@school5.ru>"),
    "a bounce forwarded by a person": mail(
        f"--b\nContent-Type: text/plain; charset=utf-8\n\nВозвращается. {FIGURES}\n--b\n"
        "Content-Type: message/delivery-status\n\nAction: failed\n--b--",
        kind="multipart/mixed; boundary=b",
    ),
    "figures in the subject alone": mail("Это письмо отправлено автоматически", subject="СОШ №6: ВК-31, ОК-33"),
    "nothing at all": mail(""),
}


@pytest.mark.parametrize("raw", PERSONS.values(), ids=PERSONS)
def test_persons_mail(raw):
    assert recognise(decode(raw), default_campaign()) is None
