"""The verdict: what may be taken with no person looking, what a person must see, what is none of our business."""

from __future__ import annotations

import re

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
from mailbot.reading.figures.rows import Part, Row
from mailbot.reading.figures.statements import Statement
from mailbot.reading.gather import Material
from mailbot.reading.intent import intent_of
from mailbot.reading.leading import holds_figures, leads_elsewhere
from mailbot.reading.recognised import is_confirmed
from mailbot.reading.relevance import Relevance, speaks_of_subscription, subscribed_elsewhere, tells_who_or_where
from mailbot.reading.text.fold import fold
from mailbot.reading.who.organisation_key import organisation_key, same_organisation
from mailbot.reading.who.speaker import institution, names_a_district

_PEOPLE_TOLD = re.compile(r"подпис|язылу|язылд|язылган|всего|итого|общ|барлыгы|чел|кеше")
_TAKEN_BACK = re.compile(
    r"аннулир\w+|(?:прошу|просим|просьба)\s+не\s+учитывать|не\s+учитывайте|отзыва(?:ем|ю)|исключите\s+из|(?:недействительн|неверн)\w+\s+(?:отчет|данн|письм)"
)
_REST_IN_FILE = re.compile(r"(?:остальн\w+|прочи\w+)[^.!?\n]{0,40}(?:вложени|приложени|прикрепл|в\s+файле|в\s+таблице)")

_SEEMS_ANOTHERS = "Числа стоят у названий сетей, но рядом речь о другом"


def judge(material: Material, campaign: Campaign, directory: Directory, version: str) -> Interpretation:
    """Rows, findings and status of a message from its material. Example: a total that is no sum makes it `review`."""
    return _Judge(material, campaign, directory, version).verdict()


class _Judge:
    def __init__(self, material: Material, campaign: Campaign, directory: Directory, version: str) -> None:
        self._material = material
        self._campaign = campaign
        self._directory = directory
        self._version = version
        self._relevance = Relevance(material, campaign)
        self._intent = intent_of(_with_subject(material), material.envelope.subject)
        self._findings: list[Finding] = []

    def verdict(self) -> Interpretation:
        """The interpretation as a whole."""
        parts = self._relevant_parts()
        assembly = Assembler(self._campaign, organisation_key, same_organisation).assemble(parts)
        rows = assembly.rows
        ours = self._relevance.is_ours(rows) or self._only_seems_anothers()
        for doubt in self._relevance.doubts:
            self._find(FindingCode.FIGURES_NOT_OURS, doubt)
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

    def _relevant_parts(self) -> list[Part]:
        """The parts that answer this letter; one with figures is passed over only where what leads to them says so."""
        relevant = [p for p in self._material.parts if self._relevance.is_relevant(p)]
        rest = [p for p in self._material.parts if p not in relevant and holds_figures(self._material, [p])]
        if not rest or leads_elsewhere(self._material):
            return relevant
        self._find(FindingCode.FIGURES_NOT_OURS, _SEEMS_ANOTHERS)
        return [p for p in self._material.parts if p in relevant or p in rest]

    def _only_seems_anothers(self) -> bool:
        """Whether only words beside or after the figures would make them somebody else's: a person sees them."""
        if not holds_figures(self._material, self._material.parts) or leads_elsewhere(self._material):
            return False
        self._find(FindingCode.FIGURES_NOT_OURS, _SEEMS_ANOTHERS)
        return True

    # -- no figures ---------------------------------------------------------------------------------------------

    def _without_rows(self) -> Interpretation:
        """About the letter, but with no figure to take: a question, a promise, a missing file, or words instead."""
        intent = self._intent
        if intent.question:
            self._find(FindingCode.QUESTION, "Отправитель задаёт вопрос")
            return self._result(Status.REVIEW, Kind.QUESTION)
        self._missing_file(rows=False)
        if _TAKEN_BACK.search(fold(self._material.own_text)):
            self._find(FindingCode.NO_EXACT_FIGURE, "Прежние данные просят не учитывать, а новых в письме нет")
        if self._tells_groups() and not (intent.promise or self._relevance.deep.other_subject):
            self._find(
                FindingCode.NO_EXACT_FIGURE,
                "Указано, сколько людей в каждой группе, но не в каких сетях и сколько всего",
            )
        vague = [f for f in self._findings if f.code in (FindingCode.APPROXIMATE, FindingCode.NO_EXACT_FIGURE)]
        if not vague and intent.subscribed and not intent.promise:
            self._find(FindingCode.NO_EXACT_FIGURE, "Сообщают о подписке, но точного числа не указывают")
        blocked = [f for f in self._findings if f.severity is Severity.BLOCKS]
        if blocked and not (intent.promise and all(map(self._is_on_the_way, blocked))):
            return self._result(Status.REVIEW, Kind.CORRECTION if intent.correction else Kind.REPORT)
        promised = any(r.role == Role.PROMISE for part in self._material.parts for r in part.extract.roles)
        nothing = intent.courtesy or intent.passed_on or intent.stray or self._relevance.deep.other_subject
        if not (intent.promise or promised or nothing):
            self._find(FindingCode.NO_FIGURES, "Данных в письме не найдено, и непонятно, о чём оно")
            return self._result(Status.REVIEW, Kind.OTHER)
        return self._ignored()

    def _is_on_the_way(self, finding: Finding) -> bool:
        """An unexplained number beside a promise: «из 47 школ ответили 31». Not in a table, nor where a school is named."""
        in_table = any("!" in place.locator for place in finding.evidence)
        named = any(s.organisation for part in self._material.parts for s in part.extract.subjects)
        return finding.code is FindingCode.UNEXPLAINED_NUMBER and not in_table and not named

    def _tells_groups(self) -> bool:
        """Whether numbers stand beside groups of people: teachers, parents."""
        return any(s.kind == "audience" for part in self._material.parts for s in part.extract.statements)

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
        lead = self._relevance.lead()
        if lead.other_subject and not speaks_of_subscription(self._material.all_text):
            self._find(FindingCode.FIGURES_NOT_OURS, f"Похоже, это ответ на другой запрос («{lead.other_subject}»)")
        if self._relevance.only_files_of_another():
            self._find(FindingCode.FIGURES_NOT_OURS, "Похоже, файл с числами — ответ на другой запрос")
        if lead.other_accounts and not lead.ministry_last and not self._relevance.files_name_ours():
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
        envelope = self._material.envelope
        told = institution(f"{self._material.own_text}\n{envelope.subject}\n{envelope.sender_name}")
        if told and any(row.subject.organisation is None for row in rows):
            self._find(
                FindingCode.ORGANISATION_UNKNOWN,
                f"Речь, видимо, об одной организации («{told}»), но её название не распознано",
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
        """A network that stands beside figures, and for which the row has none, or no row where none is its own."""
        titles = {field.name: field.title for field in self._campaign.fields}
        asked: set[str] = set()
        for name, whose, place in (each for part in self._material.parts for each in part.extract.untold):
            own = [row for row in rows if row.subject.organisation == whose] or rows
            if name in asked or any(("field", name) in row.values for row in own):
                continue
            asked.add(name)
            message = f"Сеть «{titles[name]}» названа, а числа по ней нет"
            self._findings.append(
                Finding(code=FindingCode.NO_EXACT_FIGURE, severity=Severity.BLOCKS, message=message, evidence=(place,))
            )

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
        elif not names_a_district(self._material.all_text):
            self._find(FindingCode.ORGANISATION_UNKNOWN, "По картинке не понять, чьи это числа: организации или района")

    def _check_subscribed(self, row: Row) -> None:
        """Numbers of people with no network beside them: only where subscribers are spoken of, or the letter's matter."""
        kinds = {kind for kind, _ in row.values}
        said = f"{self._material.envelope.subject}\n{self._material.all_text}"
        if "field" in kinds:
            return
        elsewhere = subscribed_elsewhere(self._material.all_text) or subscribed_elsewhere(
            self._material.envelope.subject
        )
        if elsewhere:
            self._find(FindingCode.FIGURES_NOT_OURS, f"Похоже, подписка на другое: «{elsewhere.strip()}»")
        if not tells_who_or_where(said):
            self._find(
                FindingCode.FIGURES_NOT_OURS, "Указано число, но не сказано, что это люди и на что они подписались"
            )
        elif not speaks_of_subscription(said) and (
            "audience" in kinds or not lexicon_of(self._campaign).on_topic(said)
        ):
            self._find(FindingCode.FIGURES_NOT_OURS, "Указано, сколько людей, но не сказано, что это подписчики")

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
        value = statements[0].value
        evidence = tuple(s.evidence for s in statements if s.value == value)
        return Claim(
            name=name, value=value, evidence=evidence if len(evidence) == 1 else tuple(dict.fromkeys(evidence))
        )

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
