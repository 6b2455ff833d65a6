"""What a person's message is for: a correction, a question, a promise, an answer to some other request.

Each rule is a phrase that a clerk would point at. They look at the sender's own new words, never at quotations.
"""

from __future__ import annotations

import re
from functools import cached_property

from mailbot.reading.text.fold import fold
from mailbot.reading.text.worded import Begun

_CORRECTION = re.compile(
    r"исправл\w+|исправьте|исправит[ье]|исправил\w*|уточн[её]нн\w+|уточняем\s+(?:данн|информац|сведен)|уточнение|опечат\w+|ошиб(?:ка|ки|ке|ку|лась|лся|лись|очн\w+)|взамен|неточност\w+|корректир\w+|корректн\w+\s+(?:данн|цифр|вариант)"
    r"|неверн\w+|неправильн\w+|внести\s+(?:изменени|исправлени|правк)|прошу\s+заменить|просим\s+заменить|считать\s+(?:верн|правильн|действительн|недействительн|актуальн)|вместо\s[^.!?\n]{1,80}?(?<![а-я])(?:читать|считать|следует|верно|правильно|указать)(?![а-я])|вместо\s+(?:отправлен|ранее|предыдущ|вчерашн|прошл|тех|той|того|первого)"
    r"|предыдущ\w+\s+(?:письм|данн|отчет|сообщ)\w*\s+(?:не\s+(?:учит|счит)|прошу|просим|неверн|ошиб)|не\s+учитыва\w+\s+(?:предыдущ|прошл|перв|вчераш)|поправк\w+|переделал\w*|төгәлләштер\w+|дөрес\s+түгел|хата\s+|перепутал\w*|отозв\w+\s+(?:предыдущ|перв)"
)
_QUESTION_WORDS = Begun(
    r"(?:подскажите|разъясните)(?![а-я])|просим\s+разъяснить|прошу\s+разъяснить|прошу\s+пояснить|просим\s+пояснить|поясните(?![а-я])|просьба\s+(?:разъяснить|пояснить|уточнить|подсказать)|(?:прошу|просим|уточните|можете)\s+(?:пожалуйста\s*,?\s*)?уточнить|уточните\s*,?\s*пожалуйста"
    r"|можно\s+ли|нужно\s+ли|надо\s+ли|обязательно\s+ли|следует\s+ли|должны\s+ли|считаются\s+ли|учитывать\s+ли|учитываются\s+ли|правильно\s+ли|верно\s+ли|какие\s+цифры|какую\s+цифру|как\s+(?:быть|правильно|считать|поступить|отчитываться)|куда\s+(?:направлять|отправлять|слать)|кто\s+должен|пришлите\s+(?:\w+\s+){0,3}(?:ссылк|форм|бланк|образец|письмо)|ссылк\w+\s+не\s+(?:открыва|работа)|не\s+открывается|что\s+делать|в\s+как(?:ой|ом|ую)\s+(?:форм|вид|срок)"
    r"|(?:просим|просит|просят|прошу|можно|нельзя\s+ли|просьба)\s+(?:\w+\s+){0,3}(?:продлить|перенести|сдвинуть|отложить)|продлени[ея]\s+срок|отсрочк\w+|дать\s+(?:нам\s+|еще\s+)*(?:время|времени)|(?:сдать|отправить|направить|прислать|предоставить)\s+(?:\w+\s+){0,3}(?:позже|попозже)\s*,?\s*(?:можно|если)|кирәкме|мөмкинме|ярыймы|буламы|ничек\s+\w+\s*\?|аңлатыгыз",
    "абвдкмнопрсучя",
)
_POLITE = re.compile(r"(?:как\s+(?:ваши\s+)?дела|все\s+(?:ли\s+)?(?:дошло|хорошо|получили)|исәнме|ничек\s+хәл)\w*")
_PROMISED_FILE = Begun(
    r"во\s+вложени\w+|в\s+приложени\w+|в\s+прикрепл\w+|в\s+прилагаемо\w+|прилага(?:ю|ем|ется|ются|ем\w+)|(?<!мобильное\s)(?<!мобильном\s)прилож(?:ен\w+|ил\w*|у)(?![а-я])|прикрепля\w+|прикреплен\w*|прикрепил\w*|вложен\w*\s+файл|файл\w*\s+(?:во|в)\s+вложени|(?:таблиц\w+|отчет\w*|свод\w*|файл\w*|информаци\w+|сведени\w+)\s+(?:прилага|приложен|прикреплен|во\s+вложени)|см\.?\s+(?:вложени|приложени|файл|прикрепл)|смотрите?\s+(?:вложени|файл|приложени)|кушымтада|беркетелгән|файл\s+(?:эчендә|беркет)|attached|вложением|приложением|(?:отчет|таблица|данные)\s+в\s+файле|фото\s+таблицы|скан\w*\s+(?:прилага|во\s+вложени|прикрепл)",
    "aбвдикопстф",
)
_SUBSCRIBED = re.compile(
    r"подпис(?:ан[аоы]?|ал(?:ись|ся|ась|ось)|ались|аны|алось)(?![а-я])(?!\s+(?:\w+\s+){0,3}(?:акт|договор|протокол|соглашени|контракт))|подписк[аиуе]\s+(?:выполнена|оформлена|обеспечена|произведена|осуществлена|проведена)|язылд\w+"
)
_PROMISE = re.compile(
    r"(?:направим|отправим|пришлем|предоставим|представим|вышлем|сообщим|отчитаемся|сдадим|подготовим|соберем|будет\s+(?:направлен|предоставлен|представлен|выслан)\w*|будут\s+(?:направлен|предоставлен|представлен)\w*|пришлю|отправлю|вышлю|сообщу|сдам|предоставлю|направлю|җибәр\w+|бирер\w*|иртәгә|собираем|готовим)"
)
_CLOUD = re.compile(
    r"(?:disk\.yandex\.\w+|yadi\.sk|docs\.yandex\.\w+|forms\.yandex|cloud\.mail\.ru|drive\.google\.com|docs\.google\.com|forms\.gle|goo\.gl|dropbox\.com|onedrive\.live\.com|1drv\.ms|sharepoint\.com|disk\.360\.yandex|we\.tl|wetransfer\.com|files\.fm|dropmefiles\.com|fex\.net|mega\.nz|cloud\.tatar\.ru|onlyoffice|облак[оае]\s+mail|яндекс\.?\s*диск)"
)
OTHER_SUBJECTS = Begun(
    r"(?<![а-я])(?:вакцин\w+|привит\w*|прививк\w+|ревакцин\w+|covid|ковид|питани[еяю]|лагер[ьяе]\w*|вакансии?|вакансий|комплектовани\w+|зачислен\w*|первоклассник\w*|(?<![а-я])набор\w*\s+(?:в\s+(?:школ|1|перв|класс)|детей|обучающ|учащ|студент)|приём\w*\s+в\s+(?:1|перв)|прием\w*\s+в\s+(?:1|перв)|журнал\w*|газет\w+|экземпляр\w*|егэ|огэ|впр(?![а-я])|олимпиад\w+|аттестаци\w+|готовност\w+|ремонт\w*|автобус\w*|подвоз\w*"
    r"|(?<!по\s)расписани\w+|сертификат\w*|навигатор\w*|пфдо|анкетировани\w+|опрос\w*|конкурс\w*|конференци\w+|совещани\w+|семинар\w*|вебинар\w*|участник\w*|протокол\w*|инцидент\w*|обращени\w+|жалоб\w+|публикаци\w+|контент|медиаплан\w*|медиа-план\w*|мчс|госуслуг\w*|доступн\w+\s+сред\w+|безопасност\w+|учебник\w*|субботник\w*|трудоустро\w+|призывник\w*|юнарм\w+|рдш(?![а-я])|медалист\w*|выпускник\w*|педсовет\w*|стимулирующ\w+|заработн\w+|субсиди\w+|акт\s+(?:выполнен|сверки|прием|№)|счет[-\s]фактур|договор\w*|поставк\w+|прайс\w*|скидк\w+|коммерческ\w+|путевк\w+|тестировани\w+|цифров\w+\s+(?:образовательн|трансформ)|точк\w+\s+рост\w+|кванториум|вожат\w+|воспитательн\w+\s+работ\w+|диспансериз\w+|медосмотр\w*|оздоровл\w+|инвентариз\w+|пожарн\w+|антитеррор\w*|күп\s+балалы|вакцина\w*|җәйге|туклану|сабантуй\w*|катнаш\w+|\"мәгариф\""
    r"|детск\w+\s+оздоровит|фото\s*отчет|количеств\w+\s+(?:детей|учащихся|обучающихся|педагогов|классов|компьютеров)|паспорт\w*\s+(?:безопасн|дорожн)|профориентац\w+|эл(?:ектронн\w+)?\s+(?:журнал|дневник)|электронн\w+\s+(?:журнал|дневник|очеред)|очередност\w+|льготн\w+|трансляц\w+|сферум\w*|поздравля\w+|ноутбук\w*|планшет\w*|антивирус\w*|касперск\w+|kaspersky|лицензи(?:и|й|я|ю|ями|ях)\s+на\s|программн\w+\s+обеспечени\w+|дәреслек\w*|зарегистрирован\w+)",
    '"ckабвгдежзиклмнопрстуфцэюҗ',
)
_OTHER_ACCOUNTS = re.compile(
    r"(?:аккаунт\w*|страниц\w*|групп\w*|сообществ\w*|канал\w*|паблик\w*)\s+(?:мчс|гибдд|мвд|минздрав\w*|министерства\s+(?:здрав|спорт|культур|труд|юстиц|цифров|молод|эколог|внутр|чрезв|сельск)\w+|управления\s+(?:по\s+делам|гиб|культур|спорт|молод|мвд|здрав)\w*|школ\w*|образовательных\s+организаций|оо(?![а-я])|учреждени\w*|доу|детск\w+\s+сад\w*|исполкома|муниципалитет\w*|район\w*|глав\w*|раис\w*|лагер\w*|кванториум\w*)"
    r"|(?:собственн\w+|школьн\w+|официальн\w+)\s+(?:страниц\w*|аккаунт\w*|групп\w*)\s+(?:школ\w*|оо(?![а-я])|образовательн\w+\s+организац\w+|учреждени\w*|сад\w*)|(?:своих|собственных|наших|школьных)\s+(?:страниц\w*|аккаунт\w*|групп\w*|сообществ\w*)|мчс\s+рос|аккаунты\s+главного\s+управления|(?<![а-я])(?:госавтоинспекц\w+|росгвард\w+|роспотребнадзор\w*)"
    r"|на\s+их\s+(?:аккаунт|страниц|групп|сообществ|канал|паблик)\w*"
    r"|копи[яию]\s+(?:нашего\s+)?(?:ответа|отчета|письма|информации)\s+(?:в|для)\s+(?!министерств|моин|мон(?![а-я])|пресс|вас(?![а-я])|вам(?![а-я]))[а-я]+"
)


# The sender does not vouch for the numbers.
DOUBT = re.compile(
    r"(?<![а-я])(?:кажется|вроде(?:\s+бы)?(?!\s+(?:все|так|готово|дошло|успели)(?![а-я]))|наверно\w*|не\s+уверен\w*|не\s+знаю\s+точно|точно\s+не\s+зна\w+|точно\s+не\s+помню|предположительно|ориентировочно|если\s+не\s+ошиба\w+|по-моему|плюс-минус|плюс\s+минус|могу\s+ошиб\w+|возможно\s+(?:больше|меньше)|на\s+глаз|приблизительн\w+|примерн\w+|округл[её]нн\w+|наугад|на\s+глазок|от\s+балды|с\s+потолка|скорее\s+всего|вероятно|точно\s+не\s+(?:счита\w+|подсч\w+)|наберется|как\s+у\s+(?:всех|других)|для\s+галочки|сверьте|по\s+памяти|(?:цифр[уы]|числ[оа])\s+(?:просто\s+)?(?:продублировал|скопировал|повторил|перенес)\w*|аккаунт\w*\s+(?:\S+\s+){0,2}(?:есть|имеют\w*)\s+у|(?:есть|имеют)\s+аккаунт\w*|съехал\w+|у\s+соседей|в\s+отличие\s+от|(?:надо|нужно|будем|еще)\s+(?:пересчит|перепровер|провер|сверит)\w*|пересчитаем|перепровер(?:им|ю)|пересчитаю|с\s+уч[её]том\s+(?:сад|школ|филиал|дошкольн))(?:ик)?[а-я]{0,2}(?![а-я])"
)
# What else is counted by network: posts, complaints, views. Not who subscribed.
# «Охват коллективов», or «Охват» as a title and nothing else, is who subscribed; «охват записи», «охват 2,4 тыс.» is not.
_OF_PEOPLE = r"(?!ил|ыва|им|ит|\w*\s+(?:\S+\s+)?(?:коллектив|педколлектив|работник|сотрудник|педагог|родител|подпис|школ|учрежд|организац)|\.xls)"
_OTHER_MEASURES = re.compile(
    rf"(?<![а-я])(?:публикаци\w+|опубликован\w+|размещен\w*|пост(?:ов|ы|а)?(?![а-я])|обращени\w+|жалоб\w*|инцидент\w*|контент\w*|медиаплан\w*|медиа-план\w*|просмотр\w*|охват(?:(?<=[^\n]охват)|(?=\w*[^\S\n]+\S)){_OF_PEOPLE}\w*|лайк\w*|репост\w*|мчс|гибдд|комментари\w+|отработан\w+|сообщени\w+\s+гражд)"
)


_COURTESY = re.compile(
    r"спасибо|благодар\w+|(?<![а-я])принят[оаы]?(?![а-я])|принял[иа]?(?![а-я])|получил[иа]?(?![а-я])|получен[оаы]?(?![а-я])|ознаком\w+|в\s+работ[уе]|понял[иа]?(?![а-я])|ясно(?![а-я])|хорошо(?![а-я])|поздравля\w+|с\s+наступающ\w+|с\s+днем|рәхмәт\w*|алдык|кабул\s+ит\w+|исполним|сделаем|выполним|будет\s+(?:сделано|исполнено|выполнено)|учтем|учли"
)
_PASSED_ON = re.compile(
    r"к\s+исполнению|для\s+исполнения|к\s+сведению|для\s+сведения|доведите|довести\s+до|прошу\s+(?:обеспечить|подписаться|организовать)|просим\s+(?:обеспечить|подписаться|организовать|вас\s+подписаться)|подпишитесь|(?:направляю|пересылаю|отправляю)\s+(?:вам\s+)?письмо|во\s+все\s+(?:школы|организации)|руководителям\s+(?:оо|образоват|школ|доу|детск)|директорам\s+школ|заведующим"
)
_STRAY = re.compile(
    r"(?:отправил[аи]?|послал[аи]?|направил[аи]?)\s+(?:\w+\s+)?не\s+туда|(?:ушло|отправлено|направлено|попало|отправил[аи]?|направил[аи]?)\s+(?:(?:к\s+)?вам\s+)?(?:по\s+ошибке|ошибочно)|не\s+вам\s+(?:адресован|предназнач)\w+"
)
_EARLIER_LETTER = re.compile(r"прошл|предыдущ|прежн|перв|вчера|отчет|сведени|данн|информаци|цифр|таблиц")
_AWAY = re.compile(r"(?<![а-я])(?:я|нахожусь|буду)\s+в\s+отпуске(?![а-я])|^\W*(?:ежегодный\s+)?отпуск\s+(?:до|с|по)\s")
_SOMEBODY_ELSE = re.compile(r"обращ\w+|звони\w+|замещ\w+|вместо\s+меня|по\s+(?:всем\s+|срочным\s+)?вопросам")
_MINISTRY = re.compile(r"министерств|моин|мо\s+и\s+н|министрлык|градусник")


class Intent:
    """What the sender's own words say that the message is; each thing is looked for when it is asked for."""

    def __init__(self, text: str, subject: str = "") -> None:
        self._folded, self._head = fold(text), fold(subject)

    @cached_property
    def correction(self) -> bool:
        """Figures sent before are put right."""
        return bool(_CORRECTION.search(self._folded) or _CORRECTION.search(self._head))

    @cached_property
    def question(self) -> bool:
        """Something is asked."""
        return _is_question(self._folded)

    @cached_property
    def promised_file(self) -> bool:
        """A file is said to be attached."""
        return bool(_PROMISED_FILE.search(self._folded))

    @cached_property
    def subscribed(self) -> bool:
        """People are said to have subscribed."""
        return bool(_SUBSCRIBED.search(self._folded))

    @cached_property
    def promise(self) -> bool:
        """Figures are promised for later."""
        return bool(_PROMISE.search(self._folded))

    @cached_property
    def cloud(self) -> str:
        """The cloud that a link leads to."""
        return _found(_CLOUD.search(self._folded))

    @cached_property
    def other_subject(self) -> str:
        """Words of another matter."""
        return _found(OTHER_SUBJECTS.search(self._folded) or OTHER_SUBJECTS.search(self._head))

    @cached_property
    def other_accounts(self) -> str:
        """Somebody else's accounts."""
        return _found(_OTHER_ACCOUNTS.search(self._folded))

    @cached_property
    def other_measure(self) -> str:
        """What else is counted by network."""
        return _found(_OTHER_MEASURES.search(self._folded) or _OTHER_MEASURES.search(self._head))

    @cached_property
    def courtesy(self) -> bool:
        """Thanks, an acknowledgement, good wishes."""
        return bool(_COURTESY.search(self._folded) or _COURTESY.search(self._head))

    @cached_property
    def passed_on(self) -> bool:
        """A letter is passed on to those whom it concerns."""
        return bool(_PASSED_ON.search(self._folded))

    @cached_property
    def stray(self) -> bool:
        """The mail was for somebody else, or says only that its sender is away. Not where a report is taken back."""
        is_stray = _STRAY.search(self._folded) and not _EARLIER_LETTER.search(self._folded)
        return bool(is_stray or (_AWAY.search(self._folded) and _SOMEBODY_ELSE.search(self._folded)))

    @cached_property
    def ministry_last(self) -> bool:
        """After somebody else's accounts the ministry's are spoken of."""
        accounts = _OTHER_ACCOUNTS.search(self._folded)
        return (
            accounts is not None
            and not _OTHER_ACCOUNTS.search(self._head)
            and any(m.start() > accounts.start() for m in _MINISTRY.finditer(self._folded))
        )


def intent_of(text: str, subject: str = "") -> Intent:
    """Read the sender's new words, with the subject for what it alone tells.

    Example: «Подскажите, учитывать ли родителей?» is a question; «Опечатка, верно так: ВК 35» a correction.
    """
    return Intent(text, subject)


def _found(match: re.Match[str] | None) -> str:
    return match.group() if match else ""


def _is_question(folded: str) -> bool:
    """A question mark after words that are no mere greeting, or a request to explain or to move the deadline."""
    if _QUESTION_WORDS.search(folded):
        return True
    if "?" not in folded:
        return False
    for match in re.finditer(r"[^.!?\n]*\?+(?=[\s\"')»]|$)", folded):
        sentence = match.group()
        letters = len(re.findall(r"[а-яәөүҗңһ]", sentence))
        if letters > 12 and not _POLITE.search(sentence) and "http" not in sentence:
            return True
    return False
