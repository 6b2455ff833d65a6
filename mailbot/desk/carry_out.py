"""Carrying orders out: each becomes decisions in the store, in the caller's transaction, or an outcome that says why not.

Every order is first judged against how things stood before the first of them (`Standing`); so the orders of one reply
don't outdate each other.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from sqlalchemy.orm import Session

from mailbot.desk.orders import Amendment, CaseOrder, CaseRow, Misunderstood, Outcome, Spoken
from mailbot.desk.reports import Change, OrderError, changed, current_report, figures_said, named, said, with_what_falls
from mailbot.desk.standing import Standing
from mailbot.domain.campaign import Campaign
from mailbot.domain.interpretation import Evidence, Report
from mailbot.rollup.facts import Case, Respondent
from mailbot.store.decisions import Action, Decision, decide, withdraw
from mailbot.store.holding import Held, keys_of, messages_of, reports_of

Order = Spoken | Misunderstood | CaseOrder | Amendment | Outcome
Done = tuple[str, tuple[int, ...]]
"""What was done, and the messages that were decided about."""

Work = Callable[[], Done]
_NAMED = 5
_ACTION_WORDS = {"accept": "принято", "reject": "отклонено", "set": "принято с исправлениями"}


@dataclass(frozen=True)
class Hand:
    """Who gives the orders, when, by which way; and the store that they change."""

    session: Session
    campaign: Campaign
    by: str
    via: str
    source: str
    now: datetime
    standing: Standing
    decided: dict[int, str] = field(default_factory=dict)

    def carry_out(self, orders: Sequence[Order]) -> tuple[Outcome, ...]:
        """What became of each order, in their order; one that fails leaves nothing behind."""
        return tuple(outcome for order in orders for outcome in self._one(order))

    def _one(self, order: Order) -> tuple[Outcome, ...]:
        match order:
            case Outcome():
                return (order,)
            case Misunderstood():
                return (Outcome(False, order.said, order.reason),)
            case Spoken():
                if not order.letters:
                    return (self._attempt(order.said, lambda: self._about_respondent(order)),)
                return tuple(
                    self._attempt(order.said, partial(self._about_letter, order, letter)) for letter in order.letters
                )
            case CaseOrder():
                what = f"Письмо № {order.letter} (лист «На проверку»)"
                return (self._attempt(what, lambda: self._about_case(order)),)
            case Amendment():
                return (self._attempt(order.said, lambda: self._amended(order)),)

    def _attempt(self, words: str, work: Work) -> Outcome:
        try:
            with self.session.begin_nested():
                what, letters = work()
        except OrderError as error:
            return Outcome(False, words, str(error))
        for letter in letters:
            self.decided[letter] = words
        undo = "; ".join(f"отменить № {letter}" for letter in letters)
        return Outcome(True, words, what, undo)

    def _about_letter(self, order: Spoken, letter: int) -> Done:
        message = self.standing.message(letter)
        if message is None:
            raise OrderError(f"Письма № {letter} нет.")
        self._once(letter)
        if order.action == "undo":
            return self._undone(letter)
        if order.action == "reject":
            return self._decide(letter, "reject", order.said)
        held = reports_of(self.session, letter)
        if order.municipality is None and order.organisation is None and not order.figures:
            if not held:
                raise OrderError(f"В письме № {letter} программа не нашла цифр: напишите, чьи они и какие.")
            if message.status == "accepted":
                raise OrderError(f"Письмо № {letter} уже учтено.")
            return self._decide(letter, "accept", order.said)
        return self._decide(letter, "set", order.said, self._respoken(order, held, letter))

    def _respoken(self, order: Spoken, held: Sequence[Held], letter: int) -> tuple[Report, ...]:
        """The reports of a message with what she said put in."""
        place = Evidence(locator=self.source, snippet=order.said)
        if not held:
            change = Change(order.municipality, order.organisation, dict(order.figures))
            return (changed(None, change, self.campaign, place),)
        chosen = self._chosen(order, held, letter)
        reports = []
        for each in held:
            if each not in chosen:
                reports.append(each.report)
                continue
            figures = with_what_falls(order.figures, each.report, self.campaign) if order.figures else None
            organisation = order.organisation if len(held) == 1 and not self._is_named(order, each) else None
            reports.append(
                changed(each.report, Change(order.municipality, organisation, figures), self.campaign, place)
            )
        return tuple(reports)

    def _chosen(self, order: Spoken, held: Sequence[Held], letter: int) -> Sequence[Held]:
        """The reports of the message that the order is about."""
        if len(held) == 1:
            return held
        if order.organisation is not None:
            chosen = [each for each in held if self._is_named(order, each)]
            if len(chosen) != 1:
                raise OrderError(f"В письме № {letter} нет ровно одной организации «{order.organisation}».")
            return chosen
        if not order.figures:
            return held  # another municipality, for all of them
        whole = [each for each in held if each.report.organisation is None]
        if len(whole) == 1 and order.municipality == whole[0].report.municipality:
            return whole
        raise OrderError(
            f"В письме № {letter} {len(held)} организаций: назовите, о какой речь, или исправьте цифры в книге."
        )

    def _is_named(self, order: Spoken, held: Held) -> bool:
        return order.organisation is not None and held.report.key == named(order.organisation)

    def _about_respondent(self, order: Spoken) -> Done:
        """An order that names a respondent, no message: its one open case, else its current figures."""
        if order.municipality is None:
            raise OrderError("Не назван муниципалитет.")
        key = None if order.organisation is None else named(order.organisation)
        open_cases = [case for letter, case in self.standing.cases.items() if letter not in self.standing.refused]
        cases = [case for case in open_cases if _speaks_of(case, order.municipality)]
        if key is not None:
            cases = [case for case in cases if case.letter is not None and self._holds(case.letter, key)]
        who = f"{order.municipality}, {order.organisation}" if order.organisation else order.municipality
        if len(cases) > 1:
            listed = ", ".join(f"№ {case.letter}" for case in cases)
            raise OrderError(f"{who}: на проверке несколько писем ({listed}). Назовите номер.")
        if order.action == "undo":
            raise OrderError("Чтобы отменить решение, назовите номер письма: «отменить № 17».")
        if cases and cases[0].letter is not None:
            self._needs_whole(order, cases[0])
            return self._about_letter(order, cases[0].letter)
        current = self.standing.respondents.get((order.municipality, key))
        if current is None:
            raise OrderError(f"{who}: нет ни письма на проверке, ни учтённых цифр, которые можно исправить.")
        return self._about_current(order, current, key)

    def _about_current(self, order: Spoken, current: Respondent, key: str | None) -> Done:
        if order.action == "reject":
            return self._replace(current.municipality, key, None, order.said)
        if not order.figures:
            raise OrderError("На проверке ничего нет, а цифры уже учтены: менять нечего.")
        base = current_report(current)
        place = Evidence(locator=self.source, snippet=order.said)
        change = Change(figures=with_what_falls(order.figures, base, self.campaign))
        return self._replace(current.municipality, key, changed(base, change, self.campaign, place), order.said)

    def _needs_whole(self, order: Spoken, case: Case) -> None:
        """Figures for a municipality are not those of the one organisation that a message speaks of."""
        if order.figures and order.organisation is None and case.letter is not None:
            held = reports_of(self.session, case.letter)
            if held and all(each.report.organisation is not None for each in held):
                raise OrderError(
                    f"В письме № {case.letter} указаны цифры организаций, а не муниципалитета в целом: назовите "
                    f"организацию или номер письма («№ {case.letter}: …»)."
                )

    def _holds(self, letter: int, key: str) -> bool:
        return any(each.report.key == key for each in reports_of(self.session, letter))

    def _about_case(self, order: CaseOrder) -> Done:
        """The rows of a message, decided in the workbook: none stale, none left out."""
        rows = self._fresh(order)
        self._once(order.letter)
        if all(row.action == "reject" for row in rows):
            return self._decide(order.letter, "reject", "«не отчёт»")
        reports = tuple(row.result for row in rows if row.action == "accept" and row.result is not None)
        held = tuple(each.report for each in reports_of(self.session, order.letter))
        if reports == held:
            return self._decide(order.letter, "accept", "«принять»")
        return self._decide(order.letter, "set", "«принять» с исправлениями", reports)

    def _fresh(self, order: CaseOrder) -> tuple[CaseRow, ...]:
        stamps = self.standing.case_stamps(order.letter)
        if not stamps:
            raise OrderError(f"Письмо № {order.letter} уже не ждёт решения: {self._how_decided(order.letter)}.")
        if any(stamps.get(row.report) != row.stamp for row in order.rows):
            now = "; ".join(
                said(each.report, self.campaign) for each in reports_of(self.session, order.letter)[:_NAMED]
            )
            raise OrderError(
                f"С тех пор как отправлена сводка, письмо № {order.letter} прочитано иначе. Теперь в нём: {now or 'цифр нет'}. "
                "Возьмите книгу из новой сводки."
            )
        missing = len(stamps) - len({row.report for row in order.rows})
        if missing:
            raise OrderError(
                f"Решение отмечено не во всех строках письма: не хватает {missing}. Отметьте каждую строку."
            )
        return order.rows

    def _how_decided(self, letter: int) -> str:
        decision = self.standing.decision(letter)
        if decision is None:
            return "программа прочла его заново и вопросов не нашла"
        return f"{_ACTION_WORDS[decision.action]} — {decision.decided_by}"

    def _amended(self, order: Amendment) -> Done:
        who = (order.municipality, order.key)
        stamp, current = self.standing.respondent_stamps.get(who), self.standing.respondents.get(who)
        if current is None:
            raise OrderError("Этих цифр уже нет: их сняли с учёта после отправки сводки.")
        if stamp != order.stamp:
            now = figures_said({name: figure.value for name, figure in current.figures.items()}, self.campaign)
            wanted = said(order.result, self.campaign) if order.result else "исключить"
            raise OrderError(
                f"Цифры изменились после отправки сводки. Сейчас: {now} (письмо № {current.letter}); вы указали: {wanted}. "
                "Если исправление ещё нужно, внесите его в книгу из новой сводки."
            )
        return self._replace(order.municipality, order.key, order.result, order.said)

    def _replace(self, municipality: str, key: str | None, result: Report | None, words: str) -> Done:
        """Put `result` in the place of what a respondent's messages say of it; None takes it out altogether.

        The result stands in the latest of these messages. Where the respondent stays the same, the earlier ones are
        superseded by it; where it becomes another one, or goes, they must not speak of it any more.
        """
        keys = None if key is None else keys_of(self.session, municipality, key)
        letters = messages_of(self.session, municipality, key)
        stays = result is not None and (result.municipality, result.key) == (municipality, key)
        for letter in letters[-1:] if stays else letters:
            others = [each for each in reports_of(self.session, letter) if not _is_of(each, municipality, keys)]
            mine = (result,) if result is not None and letter == letters[-1] else ()
            corrections = tuple(each.report for each in others if each.kind == "correction")
            whole = tuple(each.report for each in others if each.kind != "correction")
            if others or mine:
                self._put(letter, "set", words, corrections, (*whole, *mine))
            else:
                self._put(letter, "reject", words)
        if result is None:
            return f"снято с учёта: {municipality}", letters
        return f"учтено: {said(result, self.campaign)}", letters[-1:] if stays else letters

    def _undone(self, letter: int) -> Done:
        if self.standing.decision(letter) is None:
            raise OrderError(f"По письму № {letter} решения не было: отменять нечего.")
        withdraw(self.session, letter, self.now)
        return f"решение по письму № {letter} отменено: оно снова таково, каким его прочла программа", ()

    def _once(self, letter: int) -> None:
        if letter in self.decided:
            raise OrderError(f"О письме № {letter} в этом же ответе уже есть решение: «{self.decided[letter]}».")

    def _decide(self, letter: int, action: Action, words: str, reports: tuple[Report, ...] = ()) -> Done:
        self._put(letter, action, words, reports)
        if action == "reject":
            return f"письмо № {letter} отклонено: его цифры не учитываются", (letter,)
        held = reports_of(self.session, letter)
        listed = "; ".join(said(each.report, self.campaign) for each in held[:_NAMED])
        more = f"; и ещё {len(held) - _NAMED}" if len(held) > _NAMED else ""
        return f"письмо № {letter} принято: {listed}{more}", (letter,)

    def _put(
        self, letter: int, action: Action, words: str, reports: tuple[Report, ...] = (), whole: tuple[Report, ...] = ()
    ) -> None:
        request = {"said": words, "source": self.source}
        decision = Decision(action, self.by, self.via, reports=reports, whole=whole, note=words, request=request)
        try:
            decide(self.session, letter, decision, self.now)
        except (LookupError, ValueError) as error:
            raise OrderError(f"О письме № {letter} решить нельзя: программа его ещё не прочла.") from error


def _speaks_of(case: Case, municipality: str) -> bool:
    return case.municipality == municipality or any(each.municipality == municipality for each in case.proposals)


def _is_of(held: Held, municipality: str, keys: frozenset[str] | None) -> bool:
    """Whether a report is of the municipality itself (no keys), or of the organisation that has these keys."""
    if held.report.municipality != municipality:
        return False
    return held.report.key is None if keys is None else held.report.key in keys
