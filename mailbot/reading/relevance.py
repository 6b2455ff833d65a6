"""Whether a message answers this letter: its files, its words, what they say is counted."""

from __future__ import annotations

import re
from functools import cached_property

from mailbot.domain.campaign import Campaign
from mailbot.reading.figures.lexicon import lexicon_of
from mailbot.reading.figures.measures import SET_APART
from mailbot.reading.figures.rows import Part, Row
from mailbot.reading.gather import Material
from mailbot.reading.intent import Intent, intent_of
from mailbot.reading.text.fold import fold
from mailbot.reading.text.worded import Worded

# Posts, likes or views in the figures' own sentence, or in a heading of it: «Публикации:», «Просмотры за неделю».
_MEASURED_HERE = re.compile(
    r"(?<![а-я])(?:публикаци|опубликован|размещен|пост(?:ов|ы|а)?(?![а-я])|обращени|жалоб|инцидент|контент|медиа-?план|просмотр"
    r"|охват|лайк|репост|мчс|гибдд|комментари|отработан|сообщени)(?:(?![.!?]\s)[\s\S])*$"
)
_OURS = re.compile(
    r"министерств|моин|мо\s*и\s*н|мон(?![а-я])|градусник|пресс-служб|ваш\w*\s+(?:аккаунт|страниц|групп|паблик|соц)|министрлык|minobr|мин\.?\s*обр"
)
_MINISTRY_ACCOUNTS = re.compile(
    r"(?:аккаунт|страниц|групп|паблик|сообществ)\w*\s+(?:в\s+\S+\s+)?(?:\w+\s+){0,2}(?:министерств|моин|мон(?![а-я]))"
    r"|(?<![а-я])министерск(?:ий|ую|ие|ом|ой|их|ая)(?![а-я])|(?<![а-я])(?:вк|ок|инстаграм\w*|вконтакте|одноклассник\w*)\s+(?:министерств|моин)"
)
_SUBSCRIBED_THEMSELVES = re.compile(r"(?<![а-я])подписал(?:ись|ся|ась|ось)(?![а-я])|подписавш")
# The letter itself was put where people see it, in a sentence of its own: «Информация размещена на сайтах школ.»
_PASSED_ON = re.compile(
    r"(?<![а-я])(?:информаци|письм|объявлени|ссылк)[а-я]*(?:\s+(?:о\s+подписке|уже|также|везде|был[аио]))*\s+(?:размещен|опубликован)[а-я]*\s+(?:[а-я]+\s+)?(?:на\s+(?:[а-я]+\s+)?(?:сайт|стенд)|в\s+(?:[а-я]+\s+)?чат)[^.:;!?\d\n]*[.!\n]"
)
_NUMBER_AND_REST = re.compile(r"(\d+)(?=([^.,;!?\n]*))")
_PRESS = re.compile(
    r"журнал|газет|(?<![а-я])экз|рассылк|издани|подписал\w+\s+(?:\w+\s+){0,3}(?:акт|договор|протокол|соглашени|контракт)"
)
_SUBSCRIPTION = re.compile(
    r"подпис(?!ь(?![а-я])|а[нл]\w*\s+(?:\w+\s+){0,3}(?:акт|договор|протокол|соглашени|контракт|сторон))|язылу|язылучы|язылган|язылды|вступил|подпищ"
)


def speaks_of_subscription(text: str) -> bool:
    """Whether people are said to subscribe: «подписались», «язылды», but no «подпись», no «подписанный договор»."""
    return _SUBSCRIPTION.search(fold(text)) is not None


# What people subscribe to, in the words that follow; and what of that is ours, or no object at all: «на 13.08», «на все три».
_SUBSCRIBED_TO = Worded(
    r"(?<![а-я])подпис(?!ь)[а-я]*\s+(?:(?:чел\.|[^\s.,:;!?]+)\s+){0,3}?на\s+([^.!?;:\n]{2,60})", "подпис"
)
_OUR_OBJECT = re.compile(
    r"аккаунт|акаунт|страни|групп|паблик|сообществ|градусник|соц|(?<![а-я])сет[иья]|минист|обрнаук|мин\.?\s*обр|(?<![а-я])(?:моин|мон|мо|рт)(?![а-я])"
    r"|(?<![а-я])(?:вк|ок|инст|однокл|контакт|вконтакт|вас|нас|ваш|наш|ни[хм]|нее|него|офиц|кажд|все|тр[ие]|об[ео]|собрани|сегодня|сейчас|дат[уе]|данн|момент|утр|вечер|конец|начал|текущ|отчетн|числ)"
    r"|(?<![a-z])(?:vk|ok|ig|inst)|^\W*\d|@|mon\.rt"
)


# Beside «подписка» alone, which may be one to anything: who subscribed, or what of ours to.
_WHO_OR_WHERE = re.compile(
    r"(?<![а-я])(?:чел(?:\.|овек|\s|$)|люд[еия]|кеше|подписал|подписан|подписавш|подписчик|языл|вступил|аккаунт|акаунт|соц|страниц|групп|паблик|сообществ|сет[иья]|градусник|минист|минобр|мин\.?\s*обр|моин|мон(?![а-я])|мо\s*и\s*н|вк(?![а-я])|инст|однокл)|monrt|mon\.rt"
)


def tells_who_or_where(text: str) -> bool:
    """Whether people are spoken of, or the authority's accounts; «Продление подписки» tells neither."""
    return _WHO_OR_WHERE.search(fold(text)) is not None


def subscribed_elsewhere(text: str) -> str:
    """To what else people are said to subscribe, as it stands there: «подписка на антивирус»; or ""."""
    objects = [match.group(1) for match in _SUBSCRIBED_TO.finditer(fold(text))]
    return next((said for said in objects if not _OUR_OBJECT.search(said)), "")


class Relevance:
    """What of a message's material speaks of the letter.

    `doubts`: why a person should see whether it does; `deep`: what all of it is for, words and files together.
    """

    def __init__(self, material: Material, campaign: Campaign) -> None:
        self._material = material
        self._lexicon = lexicon_of(campaign)
        self._beside = frozenset().union(*(part.extract.beside for part in material.parts))
        self._all_text = self._counted(material.all_text)
        self.deep = intent_of(self._all_text, material.envelope.subject)
        self.doubts: list[str] = []

    def is_relevant(self, part: Part) -> bool:
        """A file about something else beside the figures in the body is left alone, whatever numbers it holds."""
        if part.text == "" or part.name in ("body", "тема"):
            return True
        other = intent_of(self._counted(part.text))
        if part.name in self._material.recognised and other.other_measure and not part.extract.subjects:
            return False  # a picture of somebody's page: posts, likes, followers
        if speaks_of_subscription(part.text):
            return True
        if self._lexicon.names_field(part.text):
            return not (other.other_measure or other.other_accounts)
        return not other.other_subject and (self._lexicon.on_topic(part.text) or bool(part.extract.statements))

    def is_ours(self, rows: list[Row]) -> bool:
        """Whether the message speaks of what the letter asked."""
        own = fold(self._material.all_text)
        named = any(k == "field" for row in rows for k, _ in row.values)
        subscribed = speaks_of_subscription(own)
        other = self.deep
        if other.other_accounts and not _MINISTRY_ACCOUNTS.search(own):
            return named and not intent_of(self._without_set_apart()).other_accounts
        if named:
            return subscribed or not self._measures_otherwise()
        if other.other_subject and not subscribed and self._only_in_files(rows):
            return False
        if self._material.troubles and not intent_of("", self._material.envelope.subject).other_subject:
            return True
        if other.other_subject and self._is_about_another():
            if rows and self._is_typed and not self.lead().other_subject:
                self.doubts.append(f"После числа речь о другом: «{other.other_subject}»")
                return True
            return subscribed and bool(_OURS.search(own)) and not _PRESS.search(own)
        return True

    def _measures_otherwise(self) -> bool:
        """Whether posts, likes or complaints are what is counted; a remark on likes after the figures is only that.

        Where a sentence of its own speaks of them before the figures, a person decides: «Пост размещён. ВК 34, ОК 40».
        """
        typed = self._is_typed
        measure = self.lead().other_measure if typed else self.deep.other_measure
        if measure and not typed and not intent_of(self._without_set_apart()).other_measure:
            self.doubts.append(f"Рядом с подписчиками в таблице считают другое: «{measure}»")
            return False
        told_apart = typed and measure and not _MEASURED_HERE.search(fold(self._words_before))
        if told_apart and not intent_of("", self._material.envelope.subject).other_measure:
            self.doubts.append(f"Возможно, это не подписчики: выше сказано «{measure}»")
            return False
        return bool(measure)

    @cached_property
    def _is_typed(self) -> bool:
        """Whether the first figure stands in the sender's own words, and not in a table or a file."""
        first = next((s.evidence.snippet for p in self._material.parts for s in p.extract.statements), "")
        return first.strip("…")[:30] in self._material.own_text

    def _without_set_apart(self) -> str:
        """All words but the headings of columns and rows that hold likes or views beside other ones with the figures."""
        text = self._all_text
        for part in self._material.parts:
            for heading in {r.reason for r in part.extract.roles if r.role in SET_APART and r.reason}:
                for level in heading.split(" / "):
                    text = text.replace(level, " ")
        return f"{text}\n{self._material.envelope.subject}"

    def _counted(self, text: str) -> str:
        """A text without the cells of columns that count nothing; a row of a table ends where it ends.

        «Страница школы», «Комментарий», «новый сад, 6 групп» beside «ВК» and «Инстаграм» tell nothing of their numbers.
        """
        if "|" not in text:
            return text
        lines = text.split("\n")
        for index, line in enumerate(lines):
            if "|" in line:
                kept = [cell for cell in line.split(" | ") if cell not in self._beside]
                lines[index] = " | ".join([*kept, ""])
        return "\n".join(lines)

    def _only_in_files(self, rows: list[Row]) -> bool:
        """Whether all numbers taken stand in files that speak of another matter."""
        found = [s for row in rows for statements in row.values.values() for s in statements]
        parts = [
            p for p in self._material.parts if any(s in p.extract.statements for s in found)
        ] or self._material.parts
        return all(
            p.text and intent_of(p.text).other_subject for p in parts if p.extract.statements or p.extract.findings
        )

    def _is_about_another(self) -> bool:
        """Whether the words that lead to the numbers, or the whole where there are none, speak of another matter."""
        subject = self._material.envelope.subject
        text = self._material.all_text
        number = re.search(r"\d", text)
        if _SUBSCRIBED_THEMSELVES.search(fold(text)) and not _PRESS.search(fold(text)):
            return False
        line_end = text.find("\n", number.end()) if number else -1
        lead = text if number is None or line_end < 0 else text[:line_end]
        return bool(intent_of(lead, subject).other_subject)

    def only_files_of_another(self) -> bool:
        """Whether all figures stand in files that speak of another matter, not of subscription or our accounts' addresses."""
        sources = [part for part in self._material.parts if part.extract.statements]
        return bool(sources) and all(
            part.text
            and intent_of(part.text).other_subject
            and not speaks_of_subscription(part.text)
            and not any(label.link and label.kind == "field" for label in self._lexicon.labels(part.text))
            for part in sources
        )

    def files_name_ours(self) -> bool:
        """Whether all figures stand in files that speak of the authority's accounts, whatever the covering words say."""
        sources = [part for part in self._material.parts if part.extract.statements]
        return bool(sources) and all(_MINISTRY_ACCOUNTS.search(fold(part.text)) for part in sources)

    def lead(self) -> Intent:
        """What leads to the figures, the subject and the words before them, speaks of."""
        return self._lead

    @cached_property
    def _lead(self) -> Intent:
        return intent_of(_PASSED_ON.sub(" ", fold(self._words_before)), self._material.envelope.subject)

    @cached_property
    def _words_before(self) -> str:
        """The sender's words down to the first figure."""
        first = next((s for p in self._material.parts for s in p.extract.statements), None)
        snippet = first.evidence.snippet.strip("…") if first else ""
        position = self._material.own_text.find(snippet[:30])
        lead = self._material.own_text
        if first is not None and position >= 0:
            said = str(first.value)
            number = next((m for m in _NUMBER_AND_REST.finditer(snippet) if m[1] == said), None)
            lead = lead[: position + (number.end(2) if number else len(snippet))]
        return lead
