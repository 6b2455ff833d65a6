"""The verdict: what may be taken with no person looking, what a person must see, what is none of our business."""

from __future__ import annotations

import re
from dataclasses import replace

from mailbot.domain.campaign import Campaign
from mailbot.domain.directory import Directory
from mailbot.domain.document import Trouble
from mailbot.domain.interpretation import (
    Claim,
    Evidence,
    Finding,
    FindingCode,
    Interpretation,
    Kind,
    NumberRole,
    Report,
    Severity,
    Status,
)
from mailbot.reading.figures.assemble import Assembler
from mailbot.reading.figures.lexicon import lexicon_of
from mailbot.reading.figures.masks import Role
from mailbot.reading.figures.measures import SET_APART
from mailbot.reading.figures.rows import Part, Row
from mailbot.reading.figures.statements import Statement
from mailbot.reading.gather import Material
from mailbot.reading.intent import Intent, intent_of
from mailbot.reading.recognised import is_confirmed
from mailbot.reading.text.fold import fold
from mailbot.reading.who.organisation_key import organisation_key, same_organisation

# Posts, likes or views in the figures' own sentence, or in a heading of it: «Публикации:», «Просмотры за неделю».
_MEASURED_HERE = re.compile(
    r"(?<![а-я])(?:публикаци|опубликован|размещен|пост(?:ов|ы|а)?(?![а-я])|обращени|жалоб|инцидент|контент|медиа-?план|просмотр"
    r"|охват|лайк|репост|мчс|гибдд|комментари|отработан|сообщени)(?:(?![.!?]\s)[\s\S])*$"
)
_OURS = re.compile(
    r"министерств|моин|мо\s*и\s*н|мон(?![а-я])|градусник|пресс-служб|ваш\w*\s+(?:аккаунт|страниц|групп|паблик|соц)|министрлык|minobr|мин\.?\s*обр"
)
_ONE_INSTITUTION = re.compile(
    r"(?<![а-яёәөүҗңһ-])(?<!\d )(?:школа|школы|школе|школу|школой|гимназия|гимназии|лицей|лицея|лицеем|сош|оош|детский\s+сад|детского\s+сада|детском\s+саду|детсад\w?|д/с|садик\w?|доу|колледж\w?|техникум\w?|университет\w?|академи[яию]|интернат\w*|(?:школ\w|лице\w|гимнази\w|детск\w+\s+сад)-интернат\w*|прогимнази\w|детдом\w*|детск(?:ий|ого|ом)\s+дом\w*|(?:дом|дворец|центр|станция)\w{0,2}\s+(?:детск|юн(?:ых|ошеск)|внешкольн|дополнительн|школьник|пионер|творчеств)\w*|филиал\w*|дюсш|ддт|цдт|цвр|сют|сюн|дши|дмш|училищ\w+|м[әе]кт[әе][бп]\w*|бакчасы\w*|гимназиясе\w*|лицее)(?![а-яёәөүҗңһ-])"
    r"|(?<=[02-9] )(?:школа|гимназия|лицей|детский\s+сад|колледж|техникум|университет)(?![а-яёәөүҗңһ-])"  # no count: «ок 30 школа Арск»
)
_DISTRICT_SPEAKS = re.compile(
    r"(?:по|от|в|из)\s+(?:[^\s\d.:]+[^\S\n]+){0,3}(?:району|района|районе|р-ну|мр|городу|г\.)(?![а-я])|район\w*\s+буенча|шәһәр\w*\s+буенча|управлени\w+\s+образовани|отдел\w*\s+образовани|(?<![а-я])(?:роо|уо|оо\s+ик|имо|рмк|имц|рмм|рм[мо])(?![а-я])|исполком|свод\w*|методист|мәгариф\s+бүлеге|школы\s+и\s|школ\s|всего\s+по"
    r"|(?:^|\n)\s*(?:школы|детские\s+сады|сады|доу)\s*(?:[-–—:(]|\d)"
)
_DISTRICT_ANSWERS = re.compile(
    r"управлени\w+\s+образовани|отдел\w*\s+образовани|исполнительн\w+\s+комитет|(?:по|от)\s+(?:\S+\s+){0,3}(?:району|района|мр|городу)(?![а-я])"
)
_MINISTRY_ACCOUNTS = re.compile(
    r"(?:аккаунт|страниц|групп|паблик|сообществ)\w*\s+(?:в\s+\S+\s+)?(?:\w+\s+){0,2}(?:министерств|моин|мон(?![а-я]))"
    r"|(?<![а-я])министерск(?:ий|ую|ие|ом|ой|их|ая)(?![а-я])|(?<![а-я])(?:вк|ок|инстаграм\w*|вконтакте|одноклассник\w*)\s+(?:министерств|моин)"
)
_SUBSCRIBED_THEMSELVES = re.compile(r"(?<![а-я])подписал(?:ись|ся|ась|ось)(?![а-я])|подписавш")
_PRESS = re.compile(
    r"журнал|газет|(?<![а-я])экз|рассылк|издани|подписал\w+\s+(?:\w+\s+){0,3}(?:акт|договор|протокол|соглашени|контракт)"
)
_PEOPLE_TOLD = re.compile(r"подпис|язылу|язылд|язылган|всего|итого|общ|барлыгы|чел|кеше")
_REST_IN_FILE = re.compile(r"(?:остальн\w+|прочи\w+)[^.!?\n]{0,40}(?:вложени|приложени|прикрепл|в\s+файле|в\s+таблице)")
_SUBSCRIPTION = re.compile(
    r"подпис(?!ь(?![а-я])|а[нл]\w*\s+(?:\w+\s+){0,3}(?:акт|договор|протокол|соглашени|контракт|сторон))|язылу|язылучы|язылган|язылды|вступил|подпищ"
)


def judge(material: Material, campaign: Campaign, directory: Directory, version: str) -> Interpretation:
    """Rows, findings and status of a message from its material. Example: a total that is no sum makes it `review`."""
    return _Judge(material, campaign, directory, version).verdict()


class _Judge:
    def __init__(self, material: Material, campaign: Campaign, directory: Directory, version: str) -> None:
        self._material = material
        self._campaign = campaign
        self._directory = directory
        self._version = version
        self._lexicon = lexicon_of(campaign)
        self._intent = intent_of(_with_subject(material), material.envelope.subject)
        self._deep = intent_of(material.all_text, material.envelope.subject)
        self._findings: list[Finding] = []

    def verdict(self) -> Interpretation:
        """The interpretation as a whole."""
        parts = [p for p in self._material.parts if self._is_relevant(p)]
        assembly = Assembler(self._campaign, organisation_key, same_organisation).assemble(parts)
        rows = assembly.rows
        ours = self._is_ours(rows)
        for part in parts:
            self._findings.extend(part.extract.findings)
        self._findings.extend(assembly.findings)
        if not ours:
            return self._not_ours()
        self._findings.extend(self._of_troubles(blocks=True))
        if not rows:
            return self._without_rows()
        reports = self._reports(rows)
        self._ask_a_person(rows)
        blocked = any(f.severity is Severity.BLOCKS for f in self._findings)
        kind = Kind.CORRECTION if self._intent.correction else Kind.REPORT
        if self._intent.question:
            kind = Kind.QUESTION
        return self._result(Status.REVIEW if blocked else Status.ACCEPTED, kind, reports)

    # -- is it about this letter? -------------------------------------------------------------------------------

    def _is_relevant(self, part: Part) -> bool:
        """A file about something else beside the figures in the body is left alone, whatever numbers it holds."""
        if part.text == "" or part.name in ("body", "тема"):
            return True
        other = intent_of(part.text)
        if part.name in self._material.recognised and other.other_measure and not part.extract.subjects:
            return False  # a picture of somebody's page: posts, likes, followers
        subscribed = bool(_SUBSCRIPTION.search(fold(part.text)))
        named = any(x.kind == "field" for x in self._lexicon.labels(part.text))
        if subscribed:
            return True
        if named:
            return not (other.other_measure or other.other_accounts)
        return not other.other_subject and (self._lexicon.on_topic(part.text) or bool(part.extract.statements))

    def _is_ours(self, rows: list[Row]) -> bool:
        """Whether the message speaks of what the letter asked."""
        own = fold(self._material.all_text)
        named = any(k == "field" for row in rows for k, _ in row.values)
        subscribed = bool(_SUBSCRIPTION.search(own))
        other = self._deep
        if other.other_accounts and not _MINISTRY_ACCOUNTS.search(own):
            return named and not intent_of(self._without_set_apart()).other_accounts
        if named:
            return subscribed or not self._measures_otherwise()
        if other.other_subject and not subscribed and self._only_in_files(rows):
            return False
        if self._material.troubles and not intent_of("", self._material.envelope.subject).other_subject:
            return True
        if other.other_subject and self._is_about_another():
            return subscribed and bool(_OURS.search(own)) and not re.search(r"журнал|газет|экз|рассылк", own)
        return True

    def _measures_otherwise(self) -> bool:
        """Whether posts, likes or complaints are what is counted; a remark on likes after the figures is only that.

        Where a sentence of its own speaks of them before the figures, a person decides: «Пост размещён. ВК 34, ОК 40».
        """
        first = next((s.evidence.snippet for p in self._material.parts for s in p.extract.statements), "")
        typed = first.strip("…")[:30] in self._material.own_text
        measure = self._lead().other_measure if typed else self._deep.other_measure
        if measure and not typed and not intent_of(self._without_set_apart()).other_measure:
            self._find(FindingCode.FIGURES_NOT_OURS, f"Рядом с подписчиками в таблице считают другое: «{measure}»")
            return False
        told_apart = typed and measure and not _MEASURED_HERE.search(fold(self._words_before()))
        if told_apart and not intent_of("", self._material.envelope.subject).other_measure:
            self._find(FindingCode.FIGURES_NOT_OURS, f"Возможно, это не подписчики: выше сказано «{measure}»")
            return False
        return bool(measure)

    def _without_set_apart(self) -> str:
        """All words but the headings of columns and rows that hold likes or views beside other ones with the figures."""
        text = self._material.all_text
        for part in self._material.parts:
            for heading in {r.reason for r in part.extract.roles if r.role in SET_APART and r.reason}:
                for level in heading.split(" / "):
                    text = text.replace(level, " ")
        return f"{text}\n{self._material.envelope.subject}"

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

    def _not_ours(self) -> Interpretation:
        """An answer to some other request: nothing to do, unless it asks something."""
        if self._intent.question:
            self._find(FindingCode.QUESTION, "Отправитель задаёт вопрос")
            return self._result(Status.REVIEW, Kind.QUESTION)
        return self._ignored()

    def _ignored(self) -> Interpretation:
        """Nothing here for a person to do; what was noticed stays as notes."""
        self._findings = [f.model_copy(update={"severity": Severity.NOTE}) for f in self._findings]
        return self._result(Status.IGNORED, Kind.OTHER)

    # -- no figures ---------------------------------------------------------------------------------------------

    def _without_rows(self) -> Interpretation:
        """About the letter, but with no figure to take: a question, a promise, a missing file, or words instead."""
        intent = self._intent
        if intent.question:
            self._find(FindingCode.QUESTION, "Отправитель задаёт вопрос")
            return self._result(Status.REVIEW, Kind.QUESTION)
        self._missing_file(rows=False)
        vague = [f for f in self._findings if f.code in (FindingCode.APPROXIMATE, FindingCode.NO_EXACT_FIGURE)]
        if not vague and intent.subscribed and not intent.promise:
            self._find(FindingCode.NO_EXACT_FIGURE, "Сообщают о подписке, но точного числа не указывают")
        blocked = [f for f in self._findings if f.severity is Severity.BLOCKS]
        if blocked and not (intent.promise and all(f.code is FindingCode.UNEXPLAINED_NUMBER for f in blocked)):
            return self._result(Status.REVIEW, Kind.CORRECTION if intent.correction else Kind.REPORT)
        promised = any(r.role == Role.PROMISE for part in self._material.parts for r in part.extract.roles)
        if not (intent.promise or promised or intent.courtesy or intent.passed_on or self._deep.other_subject):
            self._find(FindingCode.NO_FIGURES, "Данных в письме не найдено, и непонятно, о чём оно")
            return self._result(Status.REVIEW, Kind.OTHER)
        return self._ignored()

    def _only_files_of_another(self) -> bool:
        """Whether all figures stand in files that speak of another matter and not of subscription."""
        sources = [part for part in self._material.parts if part.extract.statements]
        return bool(sources) and all(
            part.text and intent_of(part.text).other_subject and not _SUBSCRIPTION.search(fold(part.text))
            for part in sources
        )

    def _files_name_ours(self) -> bool:
        """Whether all figures stand in files that speak of the authority's accounts, whatever the covering words say."""
        sources = [part for part in self._material.parts if part.extract.statements]
        return bool(sources) and all(_MINISTRY_ACCOUNTS.search(fold(part.text)) for part in sources)

    def _missing_file(self, *, rows: bool) -> None:
        links = " ".join((*self._material.links, self._material.all_text))
        cloud = intent_of(links).cloud
        if cloud and not (rows and not self._intent.cloud):
            self._find(FindingCode.CLOUD_LINK, f"Данные лежат по ссылке ({cloud}), а не в письме")
        elif (
            self._intent.promised_file
            and not rows
            and not self._material.readable_attachments
            and not self._material.troubles
        ) and not (
            self._intent.promise and not re.search(r"во\s+вложени|прилага|прикрепл", fold(self._material.own_text))
        ):
            self._find(FindingCode.ATTACHMENT_MISSING, "В письме говорится о вложении, но его нет")

    # -- figures ------------------------------------------------------------------------------------------------

    def _ask_a_person(self, rows: list[Row]) -> None:
        if self._intent.question:
            self._find(FindingCode.QUESTION, "Вместе с данными отправитель задаёт вопрос")
        lead = self._lead()
        if lead.other_subject and not _SUBSCRIPTION.search(fold(self._material.all_text)):
            self._find(FindingCode.FIGURES_NOT_OURS, f"Похоже, это ответ на другой запрос («{lead.other_subject}»)")
        if self._only_files_of_another():
            self._find(FindingCode.FIGURES_NOT_OURS, "Похоже, файл с числами — ответ на другой запрос")
        if lead.other_accounts and not lead.ministry_last and not self._files_name_ours():
            self._find(FindingCode.FIGURES_NOT_OURS, f"Похоже, это подписчики других страниц («{lead.other_accounts}»)")
        self._missing_file(rows=True)
        if _REST_IN_FILE.search(fold(self._material.own_text)) and not self._material.attachments:
            self._find(FindingCode.ATTACHMENT_MISSING, "Остальные данные обещаны во вложении, но его нет")
        if re.search(
            r"остальн\w+\s+(?:школ\w+|сад\w*|организац\w+|учрежден\w+|оо)?[^.\n]{0,40}\d+\s*(?:и\s+более|и\s+выше|\+)",
            fold(self._material.own_text),
        ):
            self._find(FindingCode.APPROXIMATE, "О части организаций сказано только «и более»")
        self._ask_for_untold(rows)
        for row in rows:
            self._check_recognised(row)
            self._check_subscribed(row)
            self._check_corrected(row)
        if any(row.subject.organisation is None for row in rows) and self._institution():
            self._find(
                FindingCode.ORGANISATION_UNKNOWN,
                f"Речь, видимо, об одной организации («{self._institution()}»), но её название не распознано",
            )
        places = {row.subject.municipality for row in rows}
        if None in places or (self._material.place_conflict and len(rows) == 1):
            code = (
                FindingCode.MUNICIPALITY_AMBIGUOUS
                if self._material.place_conflict
                else FindingCode.MUNICIPALITY_UNKNOWN
            )
            self._find(code, f"Не удалось определить муниципалитет: {self._material.place_reason}")

    def _ask_for_untold(self, rows: list[Row]) -> None:
        """A network that stands beside figures, and for which no row has any."""
        told = {name for row in rows for kind, name in row.values if kind == "field"}
        untold = {name: place for part in self._material.parts for name, place in part.extract.untold}
        titles = {field.name: field.title for field in self._campaign.fields}
        for name in [name for name in untold if name not in told]:
            message = f"Сеть «{titles[name]}» названа, а числа по ней нет"
            finding = Finding(
                code=FindingCode.NO_EXACT_FIGURE, severity=Severity.BLOCKS, message=message, evidence=(untold[name],)
            )
            self._findings.append(finding)

    def _check_corrected(self, row: Row) -> None:
        """«Вместо 43 читать 34»: a correction that names no network, and no people."""
        found = [s for statements in row.values.values() for s in statements]
        bare = {kind for kind, _ in row.values} == {"total"} and not any(
            _PEOPLE_TOLD.search(fold(s.evidence.snippet)) for s in found
        )
        if bare and self._intent.correction:
            self._find(FindingCode.FIELD_UNKNOWN, "Непонятно, к какой сети относится исправленное число")

    def _check_recognised(self, row: Row) -> None:
        """A name that only a picture gives must be confirmed; figures of a picture must have a name or a district."""
        places = [s.evidence.locator for found in row.values.values() for s in found]
        if not places or not all(any(p.startswith(n) for n in self._material.recognised) for p in places):
            return
        name = row.subject.organisation
        if name is not None:
            envelope = self._material.envelope
            said = f"{self._material.typed_text}\n{envelope.subject}\n{envelope.sender_name}"
            if not is_confirmed(name, row.subject.municipality, said, self._directory):
                self._find(FindingCode.OCR_DOUBTFUL, f"Название прочитано с картинки и ничем не подтверждено: «{name}»")
        elif not self._names_a_district():
            self._find(FindingCode.ORGANISATION_UNKNOWN, "По картинке не понять, чьи это числа: организации или района")

    def _check_subscribed(self, row: Row) -> None:
        """Numbers of teachers and parents with no network beside them: only where subscribers are spoken of."""
        kinds = {kind for kind, _ in row.values}
        said = fold(f"{self._material.envelope.subject}\n{self._material.all_text}")
        if "audience" in kinds and "field" not in kinds and not _SUBSCRIPTION.search(said):
            self._find(FindingCode.FIGURES_NOT_OURS, "Указано, сколько кого, но не сказано, что это подписчики")

    def _names_a_district(self) -> bool:
        """Whether a district answers: «по … району»; or one is named, and no institution beside it."""
        text = fold(self._material.all_text)
        return _DISTRICT_ANSWERS.search(text) is not None or ("район" in text and not _ONE_INSTITUTION.search(text))

    def _institution(self) -> str:
        """A single institution that the sender's words speak of, where no district office speaks: «наша школа»."""
        envelope = self._material.envelope
        text = fold(f"{self._material.own_text}\n{envelope.subject}\n{envelope.sender_name}")
        if _DISTRICT_SPEAKS.search(text):
            return ""
        found = _ONE_INSTITUTION.search(text)
        return found.group().strip() if found else ""

    def _lead(self) -> Intent:
        """What leads to the figures, the subject and the words before them, speaks of."""
        return intent_of(self._words_before(), self._material.envelope.subject)

    def _words_before(self) -> str:
        """The sender's words down to the first figure."""
        first = next((s for p in self._material.parts for s in p.extract.statements), None)
        snippet = first.evidence.snippet.strip("…") if first else ""
        position = self._material.own_text.find(snippet[:30])
        lead = self._material.own_text
        if first is not None and position >= 0:
            number = re.search(rf"(?<!\d){first.value}(?!\d)[^.,;!?\n]*", snippet)
            lead = lead[: position + (number.end() if number else len(snippet))]
        return lead

    def _reports(self, rows: list[Row]) -> tuple[Report, ...]:
        reports = []
        for row in rows:
            figures = tuple(
                self._claim(name, found)
                for (kind, name), found in row.values.items()
                if kind in ("field", "total") and found
            )
            audience = tuple(
                self._claim(name, found) for (kind, name), found in row.values.items() if kind == "audience" and found
            )
            if not row.subject.municipality:
                continue
            reports.append(
                Report(
                    municipality=row.subject.municipality,
                    organisation=row.subject.organisation,
                    key=organisation_key(row.subject.organisation) if row.subject.organisation else None,
                    figures=figures,
                    audience=audience,
                )
            )
        return tuple(reports)

    @staticmethod
    def _claim(name: str, statements: list[Statement]) -> Claim:
        evidence = tuple(dict.fromkeys(s.evidence for s in statements if s.value == statements[0].value))
        return Claim(name=name, value=statements[0].value, evidence=evidence)

    # -- findings -----------------------------------------------------------------------------------------------

    def _of_troubles(self, *, blocks: bool) -> list[Finding]:
        """What could not be read, as findings that name the file."""
        return [_finding_of(t, blocks=blocks) for t in self._material.troubles]

    def _find(self, code: FindingCode, message: str) -> None:
        self._findings.append(Finding(code=code, severity=Severity.BLOCKS, message=message))

    def _result(self, status: Status, kind: Kind, reports: tuple[Report, ...] = ()) -> Interpretation:
        roles: list[NumberRole] = [r for p in self._material.parts for r in p.extract.roles]
        return Interpretation(
            status=status,
            kind=kind,
            envelope=self._material.envelope,
            reports=reports if status is not Status.IGNORED else (),
            findings=tuple(dict.fromkeys(self._findings)),
            numbers=tuple(roles),
            attachments=self._material.attachments,
            reader=self._version,
        )


_REPLY_MARKS = re.compile(r"^\s*(?:(?:re|fwd?|отв|ответ|пересл|на)\s*(?:\[\d+\])?\s*:\s*)+", re.IGNORECASE)


def _with_subject(material: Material) -> str:
    """The sender's own words, the subject among them where it is no mere «Re:» of the letter's."""
    subject = material.envelope.subject
    own = "" if _REPLY_MARKS.match(subject) or re.search(r"о\s+подписке", fold(subject)) else subject
    return f"{own}\n{material.own_text}" if own else material.own_text


def _finding_of(trouble: Trouble, *, blocks: bool) -> Finding:
    known = {code.value for code in FindingCode}
    code = FindingCode(trouble.code) if trouble.code in known else FindingCode.ATTACHMENT_DAMAGED
    place = (Evidence(locator=trouble.name),) if trouble.name else ()
    return Finding(
        code=code, severity=Severity.BLOCKS if blocks else Severity.NOTE, message=trouble.message, evidence=place
    )


__all__ = ["Intent", "judge", "replace"]
