"""From statements to rows: the latest date, totals as checksums, one row for each respondent, contradictions found."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from mailbot.domain.campaign import Campaign
from mailbot.domain.interpretation import FindingCode
from mailbot.reading.figures.cellgrid import is_kind
from mailbot.reading.figures.rowchecks import RowChecks
from mailbot.reading.figures.rows import Assembly, Name, Part, Row, title_of
from mailbot.reading.figures.statements import Statement, Subject


class Assembler:
    """Brings the parts of one message together. `key_of` folds an organisation's name; equal keys are one respondent."""

    def __init__(
        self, campaign: Campaign, key_of: Callable[[str], str], same: Callable[[str, str, str | None], bool]
    ) -> None:
        self._campaign = campaign
        self._key_of = key_of
        self._same = same
        self._out = Assembly()
        self._summed: set[int] = set()  # statements that a total over the list confirms
        self._accounts = [f.name for f in campaign.accounts]
        self._total = campaign.total.name if campaign.total else ""

    def assemble(self, parts: Sequence[Part]) -> Assembly:
        """One row for each respondent over all parts; every contradiction a finding."""
        tables = [self._part(part) for part in parts]
        merged = self._merge(tables)
        self._district_sums(merged)
        for row in merged:
            RowChecks(self._campaign, self._out, self._summed).check(row)
        self._out.rows = [row for row in merged if any(k in ("field", "total") for k, _ in row.values)]
        return self._out

    # -- one part -----------------------------------------------------------------------------------------------

    def _part(self, part: Part) -> list[Row]:
        statements = list(_owned(self._latest(part.extract.statements), part.respondent))
        own, groups = self._loose(statements)
        rows: list[Row] = []
        for statement in own:
            self._add(rows, statement)
        named = [r for r in rows if r.subject.organisation and not is_kind(r.subject.organisation)]
        kinds = [s.subject.organisation for s in own if is_kind(s.subject.organisation)]
        once = all(
            len({s.value for s in own if s.subject.organisation == k and (s.kind, s.name) == ("field", f)}) < 2
            for k in kinds
            for f in self._accounts
        )
        if not named and groups and kinds and once:
            self._kinds_add_up(own, groups)
            rows = []
            own = []
        if named and kinds:  # «Общеобразовательные организации 536» above the schools is a sub-total of theirs
            groups += [replace(s, subject=Subject(), group=True) for s in own if is_kind(s.subject.organisation)]
            own = [s for s in own if not is_kind(s.subject.organisation)]
            rows = [r for r in rows if not is_kind(r.subject.organisation)]
        self._checksums(rows, own, groups, part.respondent)
        of_kinds = [r for r in rows if is_kind(r.subject.organisation)]
        if of_kinds and not groups:
            self._out.finding(
                FindingCode.NO_EXACT_FIGURE,
                "Числа даны по видам учреждений, без названий организаций и без итога по району",
                [s for r in of_kinds for found in r.values.values() for s in found],
            )
        return rows

    def _kinds_add_up(self, own: list[Statement], groups: list[Statement]) -> None:
        """«школы – 812, сады – 640, итого по району 1452»: the district's total must be the sum over the kinds."""
        for total in groups:
            parts = [s for s in own if (s.kind, s.name) == (total.kind, total.name) and is_kind(s.subject.organisation)]
            if parts and sum(s.value for s in parts) != total.value:
                message = f"Итог {total.value} не равен сумме по видам учреждений ({sum(s.value for s in parts)})"
                self._out.finding(FindingCode.TOTAL_MISMATCH, message, [total, *parts])

    def _latest(self, statements: list[Statement]) -> list[Statement]:
        """Of figures for several dates the latest date's; a figure without a date beside dated ones stays."""
        if all(s.order is None for s in statements):
            return statements
        newest: dict[object, tuple[int, int, int]] = {}
        for s in statements:
            if s.order is not None:
                who = (s.subject, s.kind, s.name, s.per_field, s.group)
                newest[who] = max(newest.get(who, s.order), s.order)
        kept = [
            s
            for s in statements
            if s.order is None or newest[(s.subject, s.kind, s.name, s.per_field, s.group)] == s.order
        ]
        overall: dict[Subject, tuple[int, int, int]] = {}
        for s in kept:
            if s.order is not None:
                overall[s.subject] = max(overall.get(s.subject, s.order), s.order)
        dated_counts = defaultdict(set)
        for s in statements:
            if s.order is not None:
                dated_counts[s.subject].add(s.order)
        return [s for s in kept if s.order is None or len(dated_counts[s.subject]) < 2 or s.order == overall[s.subject]]

    def _loose(self, statements: list[Statement]) -> tuple[list[Statement], list[Statement]]:
        """Decide by arithmetic whose total a line «Всего: 140» is: the organisation's above it, or the whole list's."""
        own = [s for s in statements if not s.group and not s.loose_total]
        groups = [s for s in statements if s.group]
        subjects = list(dict.fromkeys(s.subject for s in own))
        for s in (x for x in statements if x.loose_total):
            mine = [x for x in own if x.subject == s.subject]
            fields = sum(x.value for x in mine if x.kind == "field")
            has_total = any(x.kind == "total" for x in mine)
            many = len([x for x in subjects if x.organisation]) > 1
            if not many or (any(x.kind == "field" for x in mine) and fields == s.value and not has_total):
                own.append(s)
            elif has_total or s.value in (
                sum(x.value for x in own if x.kind == "total"),
                sum(x.value for x in own if x.kind == "field"),
            ):
                groups.append(replace(s, subject=Subject(), group=True))
            else:
                own.append(s)
        return own, groups

    def _add(self, rows: list[Row], statement: Statement) -> None:
        row = self._row(rows, statement.subject)
        row.values[
            (statement.kind, statement.name + ("/" + statement.per_field if statement.per_field else ""))
        ].append(statement)

    def _find(self, rows: list[Row], subject: Subject, *, loosely: bool = False) -> Row | None:
        """The row of `subject`, or None. Loosely: where no name is equal, the only similar one is the same one's."""
        exact = [r for r in rows if self._is_same(r.subject, subject)]
        similar = [r for r in rows if self._is_similar(r.subject, subject)] if loosely and not exact else []
        found = exact or (similar if len(similar) == 1 else [])
        if found and found[0].subject.municipality is None and subject.municipality is not None:
            found[0].subject = replace(found[0].subject, municipality=subject.municipality)
        return found[0] if found else None

    def _row(self, rows: list[Row], subject: Subject) -> Row:
        """The row of `subject`, added where there is none."""
        if rows and rows[-1].subject == subject:  # statements come row by row
            return rows[-1]
        row = self._find(rows, subject)
        if row is None:
            row = Row(subject)
            rows.append(row)
        return row

    def _is_same(self, a: Subject, b: Subject) -> bool:
        if a.municipality and b.municipality and a.municipality != b.municipality:
            return False
        if a.organisation is None or b.organisation is None:
            return a.organisation is b.organisation
        return a.organisation == b.organisation or self._key_of(a.organisation) == self._key_of(b.organisation)

    def _is_similar(self, a: Subject, b: Subject) -> bool:
        if a.municipality and b.municipality and a.municipality != b.municipality:
            return False
        return (
            a.organisation is not None
            and b.organisation is not None
            and self._same(a.organisation, b.organisation, a.municipality or b.municipality)
        )

    def _checksums(self, rows: list[Row], own: list[Statement], groups: list[Statement], respondent: Subject) -> None:
        """Totals over several respondents must be sums: of all rows, of the rows since the last one, or of sub-totals."""
        organisations = [r for r in rows if r.subject.organisation]
        by_name: dict[Name, list[Statement]] = defaultdict(list)
        for s in groups:
            by_name[(s.kind, s.name)].append(s)
        for (kind, name), totals in by_name.items():
            summands = [s.value for s in own if s.kind == kind and s.name == name and s.subject.organisation]
            if not organisations:
                for s in totals:
                    self._add(rows, replace(s, subject=respondent, group=False))
                continue
            if not summands and kind == "total":
                summands = [s.value for s in own if s.kind == "field" and s.subject.organisation]
            if not summands:
                continue
            wrong = _not_sums(summands, [s.value for s in totals])
            if not wrong and max(s.value for s in totals) == sum(summands):
                self._summed.update(id(s) for s in own if s.kind == kind and s.name == name)
            for s in totals:
                if s.value in wrong:
                    self._out.finding(
                        FindingCode.TOTAL_MISMATCH,
                        f"Итог {s.value} не равен сумме строк ({sum(summands)})",
                        [s],
                    )

    # -- all parts ----------------------------------------------------------------------------------------------

    def _merge(self, tables: list[list[Row]]) -> list[Row]:
        """Rows of one respondent in several parts are one row; different values are a contradiction."""
        merged: list[Row] = []
        for rows in tables:
            earlier = list(merged)
            for row in rows:
                target = self._find(earlier, row.subject, loosely=True) or self._row(merged, row.subject)
                for name, statements in row.values.items():
                    target.values[name].extend(statements)
        for row in merged:
            for (kind, field_name), statements in row.values.items():
                if kind == "foreign":
                    continue  # nobody asked for it
                values = {s.value for s in statements}
                if len(values) > 1:
                    self._contradiction(row, kind, field_name, statements)
        return merged

    def _contradiction(self, row: Row, kind: str, name: str, statements: list[Statement]) -> None:
        who = row.subject.organisation or row.subject.municipality or "отправитель"
        title = title_of(self._campaign, kind, name)
        values = " и ".join(str(v) for v in dict.fromkeys(s.value for s in statements))
        sources = {s.evidence.locator.split("!")[0].split(":")[0] for s in statements}
        if len(sources) > 1:
            self._out.finding(FindingCode.SOURCES_DISAGREE, f"{who}: {title} указано по-разному: {values}", statements)
        elif row.subject.organisation:
            self._out.finding(
                FindingCode.DUPLICATE_ORGANISATION, f"{who} встречается дважды, {title}: {values}", statements
            )
        else:
            self._out.finding(FindingCode.SOURCES_DISAGREE, f"{who}: {title} указано по-разному: {values}", statements)

    def _district_sums(self, rows: list[Row]) -> None:
        """A municipality's own figures beside its organisations' must be their sums; then they are a checksum, no row."""
        for row in [r for r in rows if r.subject.organisation is None]:
            organisations = [
                r
                for r in rows
                if r.subject.organisation
                and r.subject.municipality == row.subject.municipality
                and not is_kind(r.subject.organisation)
            ]
            if not organisations:
                continue
            for (kind, name), statements in [(n, s) for n, s in row.values.items() if n[0] != "foreign"]:
                values = [v for r in organisations if (v := r.value(kind, name)) is not None]
                if not values and kind == "total":
                    values = [v for r in organisations for v in r.of_kind("field").values()]
                if values and sum(values) != statements[0].value:
                    self._out.finding(
                        FindingCode.TOTAL_MISMATCH,
                        f"{title_of(self._campaign, kind, name)} по району {statements[0].value}, а сумма по организациям {sum(values)}",
                        statements,
                    )
            rows.remove(row)


def _owned(statements: Iterable[Statement], respondent: Subject) -> Iterator[Statement]:
    """A statement that names nobody is about the part's respondent; one without a place takes the part's."""
    owners: dict[Subject, Subject] = {}  # a row's figures, and so many statements, have one subject
    for s in statements:
        if s.group:
            yield s
            continue
        if s.subject not in owners:
            owners[s.subject] = _owner(s.subject, respondent)
        owner = owners[s.subject]
        yield s if owner is s.subject else s.of(owner)


def _owner(subject: Subject, respondent: Subject) -> Subject:
    if subject.organisation is None and subject.municipality is None:
        return respondent
    if subject.by_locality:
        return Subject(subject.organisation, respondent.municipality or subject.municipality)
    if subject.municipality is None and respondent.municipality is not None:
        return replace(subject, municipality=respondent.municipality)
    return subject


def _not_sums(summands: list[int], totals: list[int]) -> set[int]:
    """Those of `totals` that are no sum: of all summands, of a consecutive run of them, or of other totals.

    Sub-totals stand among the rows that they sum, so a run of consecutive rows is what a sub-total may be.
    """
    whole = sum(summands)
    prefix = [0]
    for value in summands:
        prefix.append(prefix[-1] + value)
    runs = {b - a for i, a in enumerate(prefix) for b in prefix[i + 1 :]}
    wrong = {t for t in totals if t not in runs}
    if totals and wrong == set() and len(totals) == 1 and totals[0] != whole:
        return set(totals)
    if len(totals) > 1 and max(totals) != whole and sum(totals) != whole:
        return {max(totals)}
    return wrong
