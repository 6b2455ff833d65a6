"""What a number is when it is no figure: dates, telephones, addresses, letters' numbers, as patterns over folded text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import StrEnum
from typing import NamedTuple

_L = "a-zа-яәөүҗңһ"


class Role(StrEnum):
    """What a number is. `figure` is a candidate only: prose and tables decide what it counts."""

    FIGURE = "figure"
    DATE = "date"
    TIME = "time"
    PHONE = "phone"
    ADDRESS = "address"
    LINK = "link"
    LETTER_NUMBER = "letter number"
    NUMBER_SIGN = "number of something (№)"
    REQUISITE = "requisite"
    YEAR = "year"
    SHARE = "share"
    ORDINAL = "ordinal"
    LIST_MARK = "list mark"
    COUNT = "count of something else"
    STAFF = "number of staff or pupils"
    MEASURE = "measure"
    DECIMAL = "not a whole number"
    IDENTIFIER = "part of a name or code"
    QUOTA = "the letter's own demand"
    PROMISE = "promised or missing, not reached"
    EARLIER = "an earlier figure, replaced"
    INCREMENT = "what came on top of a figure told before"
    NAME = "part of an organisation's name"
    PROSE = "a word of ordinary speech"


class Mask(NamedTuple):
    """A pattern over folded text whose matches are no figures.

    Most masks match nothing in most lines, and looking costs more than all else; so each says what every match of it
    that holds a digit has: at least so many `digits`, and one of the `signs` (the empty one is in every text).
    """

    role: Role
    pattern: re.Pattern[str]
    digits: int
    signs: tuple[str, ...]

    def spans(self, folded: str) -> Iterator[tuple[int, int]]:
        """Start and end of each match in `folded` that holds a digit."""
        for match in self.pattern.finditer(folded):
            if DIGIT.search(folded, match.start(), match.end()):
                yield match.span()


def masks_for(folded: str) -> list[Mask]:
    """The masks that may match in `folded`, in their order: some five of sixty."""
    digits = len(DIGIT.findall(folded))
    fitting = []
    for mask in MASKS:
        if digits >= mask.digits:
            for sign in mask.signs:  # no any(): a generator for each mask costs more than the looking
                if sign in folded:
                    fitting.append(mask)
                    break
    return fitting


def _mask(role: Role, pattern: str, *signs: str, digits: int = 1) -> Mask:
    return Mask(role, re.compile(pattern), digits, signs or ("",))


DIGIT = re.compile(r"\d")
MONTHS = {
    "янв": 1, "гыйн": 1, "фев": 2, "мар": 3, "апр": 4, "май": 5, "мая": 5, "июн": 6, "июл": 7, "авг": 8, "сен": 9,
    "окт": 10, "ноя": 11, "дек": 12,
}  # fmt: skip
_MONTH = r"(янв|гыйнв|фев|мар|апр|ма[йя]|июн|июл|авг|сен|окт|ноя|дек)[а-яә]*\.?"
_NUMBER_SIGN = r"(?:№|#|\bn(?=[\s.°º]*\d)|\bno\.?(?=\s*\d))"
DATE_NUMERIC = re.compile(
    r"(?<![\d./])(0?[1-9]|[12]\d|3[01])(?:\.(?=\d+\.)|/(?=\d+/\d{4}))(0?[1-9]|1[0-2])[./](\d{4}|\d{2})(?!\d)(?:\s*(?:г\.?(?:ода)?|года|ел)(?![а-я]))?"
)
DATE_ISO = re.compile(r"(?<!\d)((?:19|20)\d{2})-(\d{2})-(\d{2})(?!\d)")
DATE_WORDS = re.compile(
    rf"(?<!\d)[\"']?(\d{{1,2}})[\"']?(?:-?(?:го|е|ое|нче|нчы))?\s+{_MONTH}(?:\s+((?:19|20)\d{{2}}))?(?:\s*(?:г\.|года|г\b|ел))?"
)
DATE_SHORT = re.compile(r"(?<![\d.,/:])(0?[1-9]|[12]\d|3[01])\.(0[1-9]|1[0-2])(?![\d.]*\d)(?=\.?(?:[\s,;:)\-]|$))")

_FILE_ENDINGS = (".xls", ".doc", ".pdf", ".jp", ".png", ".gif", ".zip", ".rar", ".7z", ".od", ".rtf", ".csv")
_MONTHS_IN_ENGLISH = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NAMES_WITH_DIGITS = (
    "covid", "ковид", "sars", "phone", "k9", "k-9", "galaxy", "redmi", "note", "windows", "office", "android", "ios",
    "honor", "huawei", "mi", "1с", "форм", "ф.", "ст.", "стат", "ч.", "фз", "приложени", "п.", "пункт", "стр.", "строк", "лист",
    "табл",
)  # fmt: skip

# Spans that are no figures whatever stands in them, in the order in which a clerk would strike them out.
MASKS = (
    _mask(Role.LINK, r"[\w.+\-]+@[\w\-]+(?:\.[\w\-]+)+", "@"),
    _mask(Role.LINK, r"(?:https?://|www\.)\S+|\b[\w\-]+(?:\.[\w\-]+)*\.(?:ru|com|net|org|info|me|рф|su|by|tv)(?:/\S*)?(?![\w])", "http", "www.", ".ru", ".com", ".net", ".org", ".info", ".me", ".рф", ".su", ".by", ".tv"),
    _mask(Role.LINK, r"\[(?:cid|image):?[^\]]*\]|(?<![\w])(?:image|img|dsc|scan|photo|screenshot|скан|фото|снимок|лист|svod)[\s_\-]*\d[\w\-.]*\.(?:jpe?g|png|gif|pdf|xlsx?|docx?)", "[cid", "[image", *_FILE_ENDINGS),
    _mask(Role.LINK, r"[\w\-()«»\". ]{0,40}?\d[\w\-()]*\.(?:xlsx?|docx?|pdf|jpe?g|png|zip|rar|7z|odt|ods|rtf|csv)\b(?:\s*\(\d+[.,]?\d*\s*(?:кб|мб|kb|mb)\))?", *_FILE_ENDINGS),
    _mask(Role.IDENTIFIER, r"(?<![\d.])\d\.\s?[а-я]\.\s*[а-я]{3,}", "."),
    _mask(Role.MEASURE, r"(?:отчет|файл|скан|справк|пдф|pdf|документ|письм)\w*\W+(?:(?:на|из)\s+)?\d{1,2}\s*стр(?:\.|аниц\w*|(?![а-я]))", "стр"),
    _mask(Role.MEASURE, r"(?:количество|число|кол-во)\s+(?:страниц|листов|подписей|вложений|файлов|приложений)\w*\s*[:\-]?\s*\d+|(?<!\d)\d[\d ]*\s*байт", "числ", "кол", "байт"),
    _mask(Role.MEASURE, r"(?<![\w])\d+\s*(?:dpi|тнд|точек\s+на)|(?<![\w])\d+[.,]?\d*\s*(?:кб|мб|гб|kb|mb|gb)(?![\w])", "dpi", "тнд", "точек", "кб", "мб", "гб", "kb", "mb", "gb"),
    _mask(Role.REQUISITE, r"(?:инн|кпп|огрн|окпо|оквэд|октмо|бик|р/с|к/с|л/с|снилс|сертификат\w*|serial|инв\.)[\s:/№n]*[\da-f][\da-f\s/\-]{3,}", "инн", "кпп", "огрн", "окпо", "оквэд", "октмо", "бик", "р/с", "к/с", "л/с", "снилс", "сертификат", "serial", "инв."),
    _mask(Role.IDENTIFIER, r"(?<![а-я])(?:форма?|ф\.)\s*(?:№\s*)?\d+[-–.]\d+(?![\d%]|[-–.]\d)|(?<![а-яa-z])(?:id|ид)\s*[:№#]?\s*\d{3,}(?!\d)|(?<![а-я])верси[яи]\s*:?\s*\d+(?:\.\d+)*|(?<![а-я])(?:лист|стр(?:\.|аница))\s*\d{1,3}\s*/\s*\d{1,3}(?!\d)", "форм", "ф.", "id", "ид", "верси", "лист", "стр"),
    _mask(Role.LINK, r"(?<![\w.])(?:7z|7-zip|7zip|mp[34])(?![\w])", "7z", "7-z", "mp"),
    _mask(Role.IDENTIFIER, r"(?:covid|ковид)[\s\-]*19|sars[\s\-]cov[\s\-]2|(?:iphone|k-?(?=9)|galaxy|redmi|note|windows|office|android|ios|honor|huawei|mi|xiaomi)\s*\d[\w.]*|(?<![а-я])1с:?\s?[а-я]*(?:\s+\d{1,2}(?:\.\d+)*(?![\d.]*\s*(?:чел|подпис)))?\S*|(?:форма?|ф\.)\s*(?:№\s*)?\d+-?[а-я]+|(?<![а-я])(?:ст\.|статьи|статей|ч\.|фз)\s*№?\s*\d+(?:\.\d+)*(?:\s*,\s*\d+(?=[\s,]))*(?:\s*-\s*фз)?|\d+-фз|(?:приложени\w*|(?<![а-я.])п\.|пункт\w*|стр\.|строк[аеуи]|лист\w*|табл\w*\.?)\s*(?:№\s*)?\d+(?:\.\d+)*", *_NAMES_WITH_DIGITS),
    _mask(Role.PHONE, r"(?<![а-яәөүҗңһ])(?:тел(?:ефон\w*)?|т\.|факс\w*|моб(?:ильн\w*)?|сот(?:ов\w*)?|whatsapp|вацап|ватсап|звон\w*|ph\.|phone|доб)(?![а-яәөүҗңһ])[\w./\s]{0,14}[:.]?\s*(?:[+(]?\d[\d\s()\-.]{3,}\d)(?:\s*(?:,|;|доб\.?|вн\.?|/)\s*[(\d][\d\s()\-]{1,}\d)*", "тел", "т.", "факс", "моб", "сот", "whatsapp", "вацап", "ватсап", "звон", "ph.", "phone", "доб", digits=2),
    _mask(Role.PHONE, r"(?:доб|вн|внутр)\w*\.?\s*(?:№\s*)?\d{2,5}(?!\d)", "доб", "вн", digits=2),
    _mask(Role.PHONE, r"(?<![\d/])(?:\+?7|8)[\s\-]*\(?\d{3,5}\)?[\s\-]*\d{1,3}[\s\-]*\d{2}[\s\-]*\d{2}(?!\d)", digits=9),
    _mask(Role.PHONE, r"(?<![\d/])(?:\+?7|8)[\s\-]*\(?\d{3,5}\)?[\s\-]+\d{1,3}-\d{1,2}-\d{1,2}(?![\d\-])", "-", digits=9),
    _mask(Role.PHONE, r"\(\d{3,5}\)\s*\d{1,3}[\s\-]\d{2,3}[\s\-]?\d{0,2}", "(", digits=6),
    _mask(Role.PHONE, r"(?<![\d\-/])8?-?\d{3,5}-\d{1,3}-\d{2}-\d{2}(?![\d\-])", "-", digits=8),
    _mask(Role.PHONE, r"(?<![\d\-/])(?:\d{1}|\d{3})-\d{2}-\d{2}(?![\d\-/])", "-", digits=5),
    _mask(Role.PHONE, r"(?<!\d)(?:\+7|8)?9\d{9}(?!\d)|(?<!\d)8\d{10}(?!\d)", "9", "8", digits=10),
    _mask(Role.PHONE, r"[а-я]+\s+[а-я]\.\s?[а-я]?\.?,?\s*(?:\d{2}-\d{2}-\d{2}(?![\d\-])|[2-9]\d{6}(?!\d))|(?:исп|исполнитель)\b[^\n\d]{0,60}\d{2}-\d{2}-\d{2}(?![\d\-])", "-", ".", digits=6),
    _mask(Role.IDENTIFIER, r"(?<![\d.])\d{1,5}(?:\.\d{1,5}){3,}(?![\d.])|(?<!\d)\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?(?!\d)|(?<=\s)[+\-]\d{4}(?!\d)(?=\s*(?:\(|$|\n))", ".", "+", "-", digits=4),
    _mask(Role.DATE, r"(?<!\d)\d{1,2}\s+(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?,?(?:\s+\d{4})?|(?<![a-z])(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?\s+\d{1,2}(?:,?\s+\d{4})?", *_MONTHS_IN_ENGLISH),
    _mask(Role.DATE, r"(?<!\d)\d{1,2}\s+[а-яa-z]{3,10}\.?\s+20\d{2}\s*г", "20", digits=5),
    _mask(Role.DATE, DATE_NUMERIC.pattern, ".", "/", digits=4),
    _mask(Role.DATE, DATE_ISO.pattern, "-", digits=8),
    _mask(Role.DATE, rf"(?<![а-я])с\s+\d{{1,2}}\s+(?:по|до)\s+\d{{1,2}}\s+{_MONTH}(?:\s+20\d{{2}})?", *MONTHS, digits=2),
    _mask(Role.DATE, DATE_WORDS.pattern, *MONTHS),
    _mask(Role.DATE, r"(?<!\d)\d{1,2}\s*-?(?:о?го|о?е|о?му)?\s+числ(?:а|у|ом?)(?![а-я])(?!\s*(?:подпис|участ))", "числ"),
    _mask(Role.YEAR, r"(?<!\d)(?:19|20)\d{2}\s*[\-/]\s*(?:(?:19|20)?\d{2})(?!\d)(?:\s*(?:уч\w*\.?\s*г\w*|гг?\.?))?", "19", "20", digits=6),
    _mask(Role.YEAR, r"(?<!\d)(?:19|20)\d{2}(?!\d)\s*-?\s*(?:г\.|г\b|гг\.?|год[а-я]*|го\b|уч\w*|елның|ел\b|нче|нчы)", "19", "20", digits=4),
    _mask(Role.TIME, r"(?<![\d:])(?:[01]?\d|2[0-4]):[0-5]\d(?::[0-5]\d)?(?!\d|:\d)(?:\s*(?:час\w*|ч\.?|мск|msk))?", ":", digits=3),
    _mask(Role.TIME, rf"{_MONTH},?\s+(?:в\s+)?(?:[01]?\d|2[0-3])[.:][0-5]\d(?!\d)(?!\s*чел)", *MONTHS, digits=3),
    _mask(Role.EARLIER, r"\d+\s+түгел", "түгел"),
    _mask(Role.TIME, r"(?<![\d])(?:до|в|к|с|на|после|около)\s+(?:[01]?\d|2[0-3])[.\-][0-5]0(?!\d)(?:\s*(?:час\w*|ч\.))?", ".", "-", digits=3),
    _mask(Role.TIME, r"(?<!\d)(?<![-:=)] )(?:[01]?\d|2[0-4])\s*(?:час(?:а|ов|ам)?|ч\.)(?:\s*\d{2}\s*мин\w*\.?)?(?![а-я])|(?<!\d)\d{1,3}\s*мин(?:ут\w*|\.)", "час", "ч.", "мин"),
    _mask(Role.LETTER_NUMBER, rf"(?:исх|вх|рег|на)\w*\.?\s*(?:письмо\s*)?{_NUMBER_SIGN}\s*(?:(?:запроса|письма|документа|обращения|поручения)\s*:?\s*)?[\w\-/.]*\d[\w\-/.]*", "№", "#", "n"),
    _mask(Role.LETTER_NUMBER, r"(?:письм|запрос|обращени|поручени)\w*\s+(?:от\s+)?\d{2,6}\s?[/-]\s?\d[\w\-/.]*", "письм", "запрос", "обращени", "поручени", digits=3),
    _mask(Role.LETTER_NUMBER, r"(?:исх|вх)\w*\.?\s*(?:номер\s*)?[:\-]?\s*\d[\w\-/.]*", "исх", "вх"),
    _mask(Role.NUMBER_SIGN, rf"{_NUMBER_SIGN}№?[\s.°º]*\d+(?:[\-/.]\d+)*(?:\s*(?:,|и|-)\s*№?\s*\d+(?=\s*(?:,|и\s|в\s|на\s|сдад|предостав|позже|не\s)))*", "№", "#", "n"),
    _mask(Role.ADDRESS, r"(?<!\d)42[0-3]\d{3}(?!\d)(?!\s*чел)", "42", digits=6),
    _mask(Role.ADDRESS, rf"(?<![{_L}])(?:ул|улица|пр|пр-т|пр-кт|просп|проспект|пер|переулок|бул|б-р|бульвар|шоссе|тракт|наб|набережная|пл|площадь|мкр|мкрн|микрорайон|урамы)(?:\.|\s)\s*[^;\n:]{{1,45}}?[,\s]\s*(?:д\.?|дом)?\s*\d+(?:/\d+)*[а-я]?(?![\w])(?:\s*,?\s*(?:корп|стр|к|кв|оф|пом)\.?\s*\d+)?", "ул", "пр", "пер", "бул", "б-р", "шоссе", "тракт", "наб", "пл", "мкр", "микрорайон", "урамы"),
    _mask(Role.ADDRESS, rf"(?<![{_L}])[а-я\-]{{3,}}(?:ая|яя|ий|ый|ой)\s+(?:улица|ул\.?|проспект|пр-т|пр\.|тракт|шоссе|бульвар|б-р|переулок|пер\.|проезд|площадь|пл\.|набережная|наб\.)\s*,?\s*(?:д\.?|дом)?\s*\d+(?:/\d+)*[а-я]?(?![\w])", "ул", "пр", "пер", "бул", "б-р", "шоссе", "тракт", "наб", "пл"),
    _mask(Role.ADDRESS, r"(?:г\.|гор\.|город)\s*[а-я\-. ]{3,25},\s*\d{1,2}/\d{1,2}(?:-\d+)?(?![\d/])", "/", digits=2),
    _mask(Role.ADDRESS, rf"(?<![{_L}])[а-я\-]+\s+(?:урамы|ур\.)\s*,?\s*\d+(?:/\d+)*", "урамы", "ур."),
    _mask(Role.ADDRESS, rf"(?<![{_L}])(?:д|дом|корп|корпус|кв|каб|кабинет|к-т|оф|офис|этаж|а/я|стр|строение|комн|бүлмә)\.?\s*(?:№\s*)?\d+(?:/\d+)*[а-я]?(?![\w])"),
    _mask(Role.MEASURE, r"\(\s*[+↑]\s*\d+[^()\d]{0,25}\)|(?:прирост|рост|прибавил\w*|динамика)\s*(?:за\s+\w+\s*)?[:\-+]*\s*\d+", "+", "↑", "рост", "прибавил", "динамика"),
    _mask(Role.MEASURE, r"(?<![а-я])на\s+\d+\s*(?:чел\w*\.?|подпис\w*)?\s*(?:больше|меньше|выше|ниже)(?:,?\s*(?:чем|по\s+сравнению))", "больше", "меньше", "выше", "ниже"),
    _mask(Role.QUOTA, r"\(\s*(?:план|норма|цель|при\s+плане|при\s+норме)\s*[-:–—]?\s*\d+(?:\s*чел\w*\.?)?\s*\)|(?<![а-я])при\s+(?:плане|норме)\s*[-:–—]?\s*\d+", "план", "норм", "цель"),
    _mask(Role.QUOTA, r"(?<![а-я])(?:план\w*|норм\w+|квот\w+|минимум)\s+(?:в\s+|из\s+|-\s*)?\d+\s*(?:чел\w*\.?)?\s*(?:не\s+)?(?:пере)?(?:выполн|достиг|соблюд)\w+", "выполн", "достиг", "соблюд"),
    _mask(Role.QUOTA, r"(?<![а-я])(?:план[а-я]*|норм[а-я]+|квот[а-я]+|минимум|требовани[еяю]|порог)\s*(?:\(\s*(?:не\s+менее\s+|минимум\s+)?\d+\s*(?:чел[а-я]*\.?)?\s*\)|[-–—:]\s*(?:не\s+менее\s+)?\d+\s*(?:чел[а-я]*\.?)?\s*[-–—])\s*(?:[а-я]+\s+){0,3}(?:пере)?(?:выполн|достиг|соблюд|взят)", "выполн", "достиг", "соблюд", "взят"),
    _mask(Role.COUNT, r"(?<!\d)\d{1,3}\s+(?:организац\w*|школ\w*|учрежден\w*|сад(?:ов|а|ика)|детских\s+садов|оо|оу|доу)\s+из\s+\d{1,3}(?!\d)|(?<!\d)\d{1,3}\s+из\s+\d{1,3}\s+(?:организац\w*|школ\w*|учрежден\w*|сад(?:ов|а|ика)|детских\s+садов|оо|оу|доу)(?![а-я])", "из", digits=2),
    _mask(Role.QUOTA, r"(?<![а-я])(?:норм[ауы]|план(?:ка|ку)?|минимум|порог|требовани[ея])\s+(?:в\s+|из\s+|-\s*)?\d+\s*(?:чел\w*\.?)?[^.!?\n\d]{0,40}(?:выполн|достиг|соблюд|перевыполн|взят)|(?:письм\w+|запрос\w*|требовани\w+|задани\w+|просьб\w+)\s+(?:про|о|об|насчет)\s+\d+", "выполн", "достиг", "соблюд", "взят", "письм", "запрос", "требовани", "задани", "просьб"),
    _mask(Role.QUOTA, r"(?<![а-я])(?:норма(?:тив)?|план|цель|порог|планка|минимум)(?:\s+на\s+\S+(?:\s+год)?)?\s*[:–—-]?\s*(?:был[аои]?\s+)?(?:по\s+)?\d+(?=\s*(?:чел\w*\.?|человек)?\s*(?:[,;)]|\.?\s*$|\.\s|\s-\s|на\s+кажд))", "норма", "план", "цель", "порог", "минимум"),
    _mask(Role.ORDINAL, r"(?<![\d.,№])(?<!№ )(?:1[01]|[1-9])[абвгдежзик](?![а-я])(?!\s*(?:вк|инст|ок|одн))", *"абвгдежзик"),
    _mask(Role.SHARE, r"\d+(?:[.,]\d+)?\s*-?\s*(?:%|процент\w*|проц\.)", "%", "проц"),
    _mask(Role.ORDINAL, rf"(?<![\d.,])\d{{1,3}}\s?-(?:й|я|е|го|ой|ая|ое|ый|ий|х|ми?|му|ого|ому|ом|нче|нчы|ти|и|лети[еяю]м?|летн\w+|го)(?![{_L}])", "-"),
    _mask(Role.ORDINAL, rf"(?<![\d.,])\d{{1,3}}(?:о?го|о?му|ый|ий|ая|ое|ой|нче|нчы|м(?=\s+(?:этаж|класс|кабинет|корпус)))(?![{_L}])", "го", "му", "ый", "ий", "ая", "ое", "ой", "нч", "м "),
    _mask(Role.ORDINAL, r"(?:классн(?:ый|ого|ая|ой)|кл\.)\s*рук(?:оводител[ья]\w*|\.)\s*(?:1[01]|[1-9])(?:\s?-?[абгдежз]|[вик]|\s?[\"«][а-к][\"»])(?![\dа-я])", "рук"),
    _mask(Role.IDENTIFIER, r"(?<![а-я])част[ьи]\s*(?:№\s*)?\d{1,2}(?![\d])(?!\s*(?:чел|подпис|из))|(?<!\d)\d{1,2}\s*(?:-?[яюей]\s*)?часть(?![а-я])", "част"),
    _mask(Role.ORDINAL, r"(?<!\d)\d{1,2}(?:\s*(?:-|–|,|и)\s*\d{1,2})*\s*-?(?:х|й|м|е|го)?\s*(?:класс\w*|кл\.)", "кл"),
    _mask(Role.DATE, DATE_SHORT.pattern, ".", digits=3),
)  # fmt: skip
