"""Figures in running text: sentences, lists, blocks of lines, headings with what follows them.

The reader goes through the lines once and keeps what a person keeps in mind: whose lines these are, which network the
heading named, in which order the columns were announced, for which date the figures stand.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from mailbot.domain.campaign import Campaign
from mailbot.domain.interpretation import FindingCode
from mailbot.reading.figures.again import Retelling
from mailbot.reading.figures.asides import (
    beside_label,
    with_zeros,
    without_agreement,
    without_measures,
    without_numbering,
    without_ordinals,
    without_other_matter,
    without_own_page,
)
from mailbot.reading.figures.cellgrid import is_kind
from mailbot.reading.figures.labels import distinct, mostly
from mailbot.reading.figures.lexicon import Label, Lexicon, lexicon_of
from mailbot.reading.figures.lines import Line, Named, NameFinder, pieces
from mailbot.reading.figures.listed import heads_names, quoted_alone, sum_ahead
from mailbot.reading.figures.masks import Role
from mailbot.reading.figures.recorder import Recorder
from mailbot.reading.figures.statements import Extract, Statement, Subject
from mailbot.reading.figures.stretch import SUBSCRIBED, Mind, Stretch, StretchReader
from mailbot.reading.figures.tense import sentence
from mailbot.reading.figures.tokens import DateToken, Number, dates, numbers
from mailbot.reading.figures.unsettled import Unsettling
from mailbot.reading.figures.untold import told_why, untold
from mailbot.reading.figures.wording import strange_heading, strange_noun, strange_unit, strange_verb
from mailbot.reading.intent import DOUBT
from mailbot.reading.text.fold import fold

_HEADING_WORD = re.compile(
    r"подпис|язылу|колич|кол|чел|групп|страниц|аккаунт|официал|министер|моин|рт|мон|в|во|на|из|по|от|и|для|соц|сет|число|школ|сад|организац|учрежд|саны|буенча|инст|вк|ок|одн|нет|н/д|нету"
)
_WORD_AFTER = re.compile(r"[\s:\-=]+([а-яәөүҗңһ]{2,})")
_CUT_WORD = re.compile(r"[,;]\s*(?:а\s+|и\s+)?(?:в|во|на)\s+([а-яa-z]{2,})$")
_KIND_LINE = re.compile(r"^[\s*•\-–—]*([а-я][а-я ]+?)\s*(?:\(\d{1,3}\)\s*)?(?:[-–—:]|\d|\s(?:вк|инст|однокл))")
_IN_BRACKETS = re.compile(r"\s\(\d{1,3}\)")
_WITH_TOTAL = re.compile(r"\W*(?:всего|итого)\D{0,12}\d+\D{0,12}")
_ONLY_ONE = re.compile(
    r"[\s*•\-–—\d.)]*(гимназия|прогимназия|лицей|школа-интернат|интернат|колледж|техникум|училище|детский\s+сад|дюсш|дши|дмш"
    r"|(?:дом|дворец|центр|станция)\s+(?:(?:детск|юношеск|юн|внешкольн|дополнительн)\w+\s+(?:и\s+)?){0,2}"
    r"(?:школьников|пионеров|творчества|техников|натуралистов|работы|образования|туризма))\s*[-–—:]\s*(?=\D{0,16}\d)"
)
_AND = re.compile(r"\s*(?:[,;/+&]|(?:,\s*)?(?:и|а\s+также))\s*(?:(?:в|по|от|из)\s+)?", re.IGNORECASE)
_OF_ALL = re.compile(
    r"(?<![а-я])(?:по|в)\s+(?:\S+\s+){0,2}(?:району|районе|городу|муниципалитету)(?:\s+в\s+целом|\s+всего)?\s*[:,\-–—]"
)
_LEADS_TO = re.compile(r"[^\d.;]{0,25}[:–—-]\s*[\"]?|\s*\(\s*")  # «Одноклассники: », «ВК по школам – »
_OVER_ALL = re.compile(r"(?<=[.;])\s+(?:итого|всего\s+по|общий\s+итог)(?![а-я])")
_MOST_LINES = (
    10_000  # half a minute of reading; no reply is a tenth as long, and a hostile one must not hold up the others
)
_SHORT = 40  # characters of a line that is a heading or one figure, not a sentence


class ProseReader:
    """Reads lines of running text into statements: `read` the lines, `absorb` what tables between them hold, `finish`."""

    def __init__(self, campaign: Campaign, find_names: NameFinder) -> None:
        self._campaign = campaign
        self._lexicon: Lexicon = lexicon_of(campaign)
        self._find_names = find_names
        self._recorder = Recorder()
        self._stretches = StretchReader(campaign, self._lexicon, self._recorder, Mind())
        self._tail: tuple[Line, list[Label]] | None = None
        self._listed = 0  # lines that named an organisation and gave its figures
        self._nameless: set[str | None] = set()  # names in quotation marks, of nobody knows what
        self._strange = ""
        self._count = 0
        self._unsettling = Unsettling(self._recorder)
        self._retelling = Retelling()

    @property
    def _mind(self) -> Mind:
        return self._stretches.mind

    def read(self, lines: Sequence[Line]) -> Extract:
        """All statements of `lines`, with the role of every number in them; may be called again for what follows."""
        for line in (piece for whole in lines for piece in pieces(whole)):
            if not line.text.strip():
                continue
            self._count += 1
            if self._count == _MOST_LINES:
                message = f"Текст длиннее {_MOST_LINES} строк, дальше он не прочитан"
                self._recorder.finding(FindingCode.MESSAGE_TOO_LARGE, message, line)
            if self._count >= _MOST_LINES:
                break
            self._line(line)
        return self._recorder.out

    @property
    def announced(self) -> tuple[Label, ...]:
        """The order of networks that the last heading told, for a table without a head of its own."""
        return self._mind.announced

    def absorb(self, extract: Extract) -> None:
        """Take in what a table between the lines yielded; what a heading began ends with the table."""
        self._recorder.out.extend(extract)
        self._unsettling.forget()
        self._strange = ""
        self._stretches.mind = Mind(subject=self._mind.subject if not extract.statements else Subject())

    def finish(self) -> Extract:
        """The end of the text: a last line that breaks off before a network's number was cut."""
        self._unsettling.finish()
        if self._tail is not None:
            line, labels = self._tail
            folded = fold(line.text).rstrip()
            last = max((n.end for n in numbers(line.text)), default=0)
            stated = {s.name for s in self._recorder.out.statements if s.evidence.locator == line.locator}
            loose = [x for x in labels if x.kind == "field" and x.start >= last and x.name not in stated]
            word = _CUT_WORD.search(folded[last:])
            hanging = any(not folded[x.end :].strip(" :-=") for x in loose)
            if hanging or (word and self._lexicon.abbreviated(word.group(1))):
                self._recorder.finding(FindingCode.TRUNCATED, "Текст обрывается: последнее число не дописано", line)
        return self._recorder.out

    def _line(self, line: Line) -> None:
        self._tail = None
        if line.quoted:
            fields = distinct([x for x in self._lexicon.labels(line.text) if x.kind == "field"])
            self._mind.pending = fields[0] if len(fields) == 1 else None
            return
        folded = fold(line.text)
        names = [n for n in self._find_names(line.text) if n.end > n.start] or self._quoted(line)
        tokens, labels = self._tokens(line, folded, names)
        if not names and (unnamed := self._unnumbered(line, folded)):
            if self._listed > 1:
                names = [unnamed]
            else:
                message = f"Непонятно, чьи это числа: «{unnamed.subject.organisation}»"
                self._recorder.finding(FindingCode.ORGANISATION_UNKNOWN, message, line)
        if not names and (kind := self._kind(line, folded, [t for t in tokens if t.role is Role.FIGURE])):
            names = [kind]
            tokens = [
                replace(t, role=Role.COUNT, noun="how many of them")
                if _IN_BRACKETS.match(folded, kind.end) and t.start == kind.end + 2
                else t
                for t in tokens
            ]
        moments = [d for d in dates(line.text) if not any(n.start <= d.start < n.end for n in names)]
        self._recorder.out.subjects.extend(n.subject for n in names)
        values = [t for t in tokens if t.role in (Role.FIGURE, Role.STAFF)]
        counted = any(t.role is Role.FIGURE for t in values) or bool(values and (labels or SUBSCRIBED.search(folded)))
        for token in tokens:
            if not counted or token not in values:
                self._recorder.role(line, token, str(token.role), token.noun)
        if not counted:
            self._heading(line, folded, names, labels, tokens, moments)
            return
        self._listed += bool(names)
        before = len(self._recorder.out.statements)
        section = None if names else _section_with_total(folded, labels)
        self._cut(line, folded, names, labels, values, moments)
        if section is not None:  # «ВКонтакте (всего 97)» above a list
            self._mind.section = section
        stated = self._recorder.out.statements[before:]
        self._question_retelling(line, names, labels, values, stated)
        told = frozenset(s.name for s in stated)
        whose = (names[-1].subject if names else self._mind.subject).organisation
        self._recorder.out.untold.extend((name, whose, place) for name, place in untold(line, folded, labels, told))
        if told:
            self._tail = (line, labels)
            self._wonder(line, folded, names, labels, values)
            if doubt := DOUBT.search(folded):
                message = f"Отправитель не уверен в числах («{doubt.group()}»)"
                self._recorder.finding(FindingCode.APPROXIMATE, message, line)

    def _question_retelling(
        self, line: Line, names: list[Named], labels: list[Label], values: list[Number], stated: list[Statement]
    ) -> None:
        """The same figures once more, after words that may be a name which nobody here knows as one."""
        retold = self._retelling
        name = retold.named(stated) if names else retold.unnamed(line.text, labels, values, stated)
        if name or retold.within(stated):
            message = f"Непонятно, чьи это числа: «{name or line.text.strip()[-80:]}»"
            self._recorder.finding(FindingCode.ORGANISATION_UNKNOWN, message, line)

    def _wonder(self, line: Line, folded: str, names: list[Named], labels: list[Label], values: list[Number]) -> None:
        """A sentence with figures, or the heading above it, in which something else is told than who subscribed."""
        spoken = [(n.start, n.end) for n in names]  # and «отсутствуют» is a number here, no verb
        spoken += [(v.start, v.end) for v in values if not any(map(str.isdigit, v.text))]
        for start, end in spoken:
            folded = folded[:start] + " " * (end - start) + folded[end:]
        spans = {sentence(folded, v.start) for v in values}
        verbs = (strange_verb(folded[start:end]) for start, end in sorted(spans))
        nouns = (strange_noun(folded, v.end) for v in values)
        known = [*((n.start, n.end) for n in names), *((x.start, x.end) for x in labels)]
        units = (strange_unit(line.text, v.end, known) for v in values if not v.people)
        lead = next((strange_heading(folded, x.start) for x in labels if x.kind == "field"), "")
        word = self._strange or next(filter(None, (*verbs, *nouns, *units, lead)), "")
        if word:
            message = f"Возможно, это не число подписавшихся: рядом сказано «{word}»"
            self._recorder.finding(FindingCode.FIGURES_NOT_OURS, message, line)

    def _tokens(self, line: Line, folded: str, names: list[Named]) -> tuple[list[Number], list[Label]]:
        """The numbers of a line with their roles, and its labels outside of names and links."""
        tokens = list(numbers(line.text, tuple((n.start, n.end) for n in names), self._campaign.quota))
        tokens = without_ordinals(tokens, names, folded, self._mind.marks)
        tokens = with_zeros(without_own_page(tokens, folded), folded, self._lexicon)
        links = [t for t in tokens if t.role is Role.LINK]
        labels = [
            x
            for x in self._lexicon.labels(line.text)
            if not any(n.start <= x.start < n.end for n in names)
            and (x.link or not any(t.start <= x.start < t.end for t in links))
        ]
        tokens = without_measures(without_numbering(tokens, labels, folded, self._mind.marks), folded, labels)
        if self._recorder.out.statements:
            tokens = without_other_matter(tokens, folded, labels)
        labels = without_agreement(labels, folded)
        tokens = [beside_label(t, labels, folded) for t in tokens]
        whose = (names[-1].subject if names else self._mind.subject).organisation
        return self._unsettling.without(line, folded, tokens, labels, whose), labels

    def _heading(
        self,
        line: Line,
        folded: str,
        names: list[Named],
        labels: list[Label],
        tokens: list[Number],
        moments: list[DateToken],
    ) -> None:
        """A line with no figures: it may announce whose, of which network, in which order, for which date."""
        mind = self._mind
        self._retelling.heading(line.text, named=bool(names or labels))
        self._strange = strange_verb(folded, heading=True) if folded.rstrip().endswith(":") else ""
        if names:
            mind.subject, mind.together = names[-1].subject, _named_together(line.text, names)
            mind.pending = None
        elif heads_names(folded):
            mind.lists = True
        if any(t.role in (Role.PROMISE, Role.INCREMENT, Role.EARLIER) for t in tokens):
            return
        accounts = distinct([x for x in labels if x.kind in ("field", "total", "foreign")])
        audience = distinct([x for x in labels if x.kind == "audience"])
        if sum(x.kind == "field" for x in accounts) >= 2:
            mind.announced = tuple(accounts)
            mind.section = mind.pending = None
        elif len(accounts) == 1:
            self._said_in_words(line, folded, accounts[0])
            mind.pending = accounts[0]
            mind.section = accounts[0] if not names else mind.section
        elif len(audience) == 1 and mostly(audience[0], folded):
            mind.pending = audience[0]
        elif not names and len(folded.strip()) > _SHORT:
            mind.pending = None
        if moments and not names:
            mind.order = moments[-1].order

    def _said_in_words(self, line: Line, folded: str, label: Label) -> None:
        """«Инстаграм пока мало» on a line of its own: words stand where the number belongs."""
        word = _WORD_AFTER.match(folded, label.end)
        short = len(folded.strip()) <= _SHORT and not folded.rstrip().endswith(":")
        if label.kind == "field" and word and short and not _HEADING_WORD.match(word.group(1)) and not told_why(folded):
            self._recorder.unsaid(line, label, "вместо числа слова")

    def _cut(
        self,
        line: Line,
        folded: str,
        names: list[Named],
        labels: list[Label],
        values: list[Number],
        moments: list[DateToken],
    ) -> None:
        """Cut a line with figures at the organisations in it, and read each stretch for its own subject."""
        figures = [v for v in values if v.role is Role.FIGURE]
        earlier = self._mind.section, self._mind.announced
        if summed := sum_ahead(folded, names, labels, figures):
            self._recorder.state(line, summed, labels[0], Subject(), group=True)
            figures, values = figures[1:], [v for v in values if v is not summed]
            labels = [x for x in labels if x.kind != "total" or x.start >= names[0].start]
        of_one = self._told_once(folded, names, labels, figures, summed)
        before = len(self._recorder.out.statements)
        for start, end, name in _cuts(names, figures, folded):
            subject = self._mind.subject if name is None else name.subject
            if name is not None and _OF_ALL.search(_up_to_figure(folded, name, values)):
                subject = Subject()
            self._stretches.read(
                Stretch(
                    line,
                    folded,
                    (start, end),
                    subject,
                    name is not None,
                    [x for x in labels if start <= x.start < end],
                    [t for t in values if start <= t.start < end],
                    [d for d in moments if start <= d.start < end],
                )
            )
        if of_one:
            self._mind.section, self._mind.announced = earlier
        elif len(names) > 1:
            self._only_some_labelled(line, labels, self._recorder.out.statements[before:])
        ahead_of_all = [n for n in names if figures and n.end <= figures[0].start]
        if together := _named_together(line.text, ahead_of_all) if names else self._mind.together:
            message = f"Непонятно, чьи это числа: названы сразу «{together}»"
            self._recorder.finding(FindingCode.ORGANISATION_UNKNOWN, message, line)
        if names:
            self._mind.subject = names[-1].subject
        self._mind.together = ""
        self._mind.pending = None

    def _told_once(
        self, folded: str, names: list[Named], labels: list[Label], figures: list[Number], summed: Number | None
    ) -> bool:
        """What a line over several organisations tells once for all of them; whether it is one network, perhaps with its sum.

        «(ВК, Инст и ОК): гимназия – 54, 61 и 40; лицей – …» and «сад №12 – 31/33/30, сад №17 – … (вк/инст/ок)» tell an
        order; «Одноклассники: СОШ №1 34, СОШ №2 21» a network.
        """
        if len(names) < 2 or not figures or figures[0].end <= names[0].start:
            return False
        told = [x for x in labels if x.kind in ("field", "total", "foreign")]
        ahead = distinct([x for x in told if x.end <= names[0].start])
        behind = distinct([x for x in told if x.start >= figures[-1].end])
        for order in (ahead, behind if len(behind) == len(distinct(told)) else []):
            if sum(x.kind == "field" for x in order) > 1:
                self._mind.announced = tuple(order)
        if [x.kind for x in ahead] != ["field"] or len(distinct(told)) > 1 or len(figures) != len(names):
            return False
        if summed is None and not _LEADS_TO.fullmatch(folded, ahead[0].end, names[0].start):
            return False
        self._mind.section, self._mind.announced = ahead[0], ()
        return True

    def _only_some_labelled(self, line: Line, labels: list[Label], stated: list[Statement]) -> None:
        """«СОШ №1 – 33, СОШ №2 – 14 (везде это ВКонтакте)»: one has a network, the other a bare number."""
        if not any(x.kind == "total" for x in labels) and {s.kind for s in stated} >= {"field", "total"}:
            whose = " и ".join(sorted({s.subject.organisation or "" for s in stated if s.kind == "total"}))
            self._recorder.finding(FindingCode.FIELD_UNKNOWN, f"Непонятно, в какой сети: «{whose}»", line)

    def _unnumbered(self, line: Line, folded: str) -> Named | None:
        """«Гимназия – 50/58/35» in a list of organisations is the only one of its kind, not the one before it."""
        found = _ONLY_ONE.match(folded) if self._listed else None
        if found is None or not line.text[found.start(1)].isupper():
            return None
        return Named(Subject(line.text[found.start(1) : found.end(1)], None), found.start(1), found.end(1))

    def _quoted(self, line: Line) -> list[Named]:
        """A name in quotation marks alone: an organisation's under a heading that says of which kind they are.

        Without such a heading one beside other organisations, or another such, is somebody that nobody here can tell.
        """
        name = quoted_alone(line.text, self._lexicon)
        if name is None or self._mind.lists:
            return [name] if name else []
        if any(map(str.isdigit, line.text[name.end :])):
            self._nameless.add(name.subject.organisation)
        if len(self._nameless) > 1 or (self._nameless and self._listed):
            self._nameless.clear()
            message = f"Непонятно, чьи это числа: «{name.subject.organisation}»"
            self._recorder.finding(FindingCode.ORGANISATION_UNKNOWN, message, line)
        return []

    def _kind(self, line: Line, folded: str, values: list[Number]) -> Named | None:
        """«школы (27) – 812 чел.»: a line for a kind of institution, as if that were whose it is."""
        head = _KIND_LINE.match(folded)
        if head is None or not is_kind(head.group(1)) or not any(v.start >= head.end() for v in values):
            return None
        return Named(Subject(line.text[head.start(1) : head.end(1)], None), head.start(1), head.end(1))


def _named_together(text: str, names: list[Named]) -> str:
    """The last two names where only a comma or «и» stands between them: figures after them are nobody's in particular."""
    if len(names) < 2 or not _AND.fullmatch(text, names[-2].end, names[-1].start):
        return ""
    first, second = (name.subject.organisation for name in names[-2:])
    return "" if first is None or second is None or first == second else f"{first} и {second}"


def _up_to_figure(folded: str, name: Named, values: list[Number]) -> str:
    """What stands between a name and the first figure after it."""
    return folded[name.end : min((v.start for v in values if v.start >= name.end), default=name.end)]


def _section_with_total(folded: str, labels: list[Label]) -> Label | None:
    """The network of a heading that tells its total: «ВКонтакте (всего 97)», «Instagram, итого – 102:»."""
    fields = [x for x in labels if x.kind == "field"]
    if len({x.name for x in fields}) != 1 or folded[: fields[0].start].strip(" *•-"):
        return None
    return fields[0] if _WITH_TOTAL.fullmatch(folded[fields[-1].end :]) else None


def _cuts(names: list[Named], figures: list[Number], folded: str) -> list[tuple[int, int, Named | None]]:
    """Stretches (start, end, organisation): names before their figures, or after them where the line ends so."""
    length = len(folded)
    if not names:
        return [(0, length, None)]
    total = _OVER_ALL.search(folded, names[-1].end) if len(names) > 1 else None
    if total and any(names[-1].end <= f.start < total.start() for f in figures):  # «… Итого подписалось 198 человек»
        return [*_cuts(names, figures, folded[: total.start()]), (total.start(), length, None)]
    if len(names) == 1:
        return [(0, length, names[0])]
    if figures and figures[0].start < names[0].start and figures[-1].end <= names[-1].start:
        ends = [n.end for n in names]
        return [(s, e, n) for s, e, n in zip([0, *ends[:-1]], [*ends[:-1], length], names, strict=True)]
    starts = [n.start for n in names]
    head = [(0, starts[0], None)] if any(f.end <= starts[0] for f in figures) else []
    return [*head, *((s, e, n) for s, e, n in zip(starts, [*starts[1:], length], names, strict=True))]
