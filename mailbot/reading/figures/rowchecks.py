"""One row's own arithmetic: its total, its split by audience, figures that are not exact or that recognition doubts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Set as AbstractSet
from dataclasses import replace

from mailbot.domain.campaign import Campaign
from mailbot.domain.interpretation import Evidence, FindingCode
from mailbot.reading.figures.rows import Assembly, Row, title_of
from mailbot.reading.figures.statements import Statement


class RowChecks:
    """Checks rows into `out`. `summed` are statements (by `id`) that a total over the list confirms."""

    def __init__(self, campaign: Campaign, out: Assembly, summed: AbstractSet[int]) -> None:
        self._campaign = campaign
        self._out = out
        self._summed = summed
        self._accounts = [f.name for f in campaign.accounts]
        self._total = campaign.total.name if campaign.total else ""

    def check(self, row: Row) -> None:
        """A row's own arithmetic, and figures that are not exact."""
        who = row.subject.organisation or row.subject.municipality or "отправитель"
        statements = [s for found in row.values.values() for s in found]
        for s in statements:
            if s.vague:
                self._out.finding(FindingCode.APPROXIMATE, f"{who}: неточное число «{s.vague} {s.value}»", [s])
        fields = [row.value("field", name) for name in self._accounts]
        given = [v for v in fields if v is not None]
        total = row.value("total", self._total)
        if total is not None and given and sum(given) != total and sum(given) + self._foreign(row) != total:
            self._out.finding(
                FindingCode.TOTAL_MISMATCH,
                f"{who}: всего указано {total}, а сумма по сетям {sum(given)}",
                [
                    *row.values[("total", self._total)],
                    *[s for n in self._accounts for s in row.values.get(("field", n), [])],
                ],
            )
        self._check_audience(row, who, total, given)
        self._check_recognition(row, who, confirmed=total is not None and len(given) > 1 and sum(given) == total)

    def _check_recognition(self, row: Row, who: str, *, confirmed: bool) -> None:
        """A figure that recognition doubts counts where a sum or another source confirms it; else a person must look."""
        doubtful = [
            found[0]
            for (kind, _), found in row.values.items()
            if kind in ("field", "total", "audience")
            and all(s.doubtful and id(s) not in self._summed for s in found)
            and not (confirmed and kind != "audience")
        ]
        if doubtful:
            listed = ", ".join(f"{self._title_of(s.kind, s.name)} {s.value}" for s in doubtful)
            self._out.finding(
                FindingCode.OCR_DOUBTFUL, f"{who}: числа прочитаны с картинки неуверенно: {listed}", doubtful
            )

    @staticmethod
    def _foreign(row: Row) -> int:
        return sum(row.of_kind("foreign").values())

    def _check_audience(self, row: Row, who: str, total: int | None, given: list[int]) -> None:
        """The split by who the people are must add up to the stated total, or to the network that it splits."""
        audience = row.of_kind("audience")
        split: dict[str, dict[str, int]] = defaultdict(dict)
        for name, value in audience.items():
            group, _, within = name.partition("/")
            split[within][group] = value
        for within, groups in list(split.items()):
            whole = row.value("field", within) if within else (total if total is not None else sum(given) or None)
            if len(groups) == 1 and (whole is None or sum(groups.values()) == whole):
                for group in groups:  # «48 педагогов» splits nothing
                    del row.values[("audience", f"{group}/{within}" if within else group)]
                del split[within]
                continue
            if whole is not None and sum(groups.values()) != whole:
                places = [
                    s
                    for (k, n), found in row.values.items()
                    if k == "audience" and n.partition("/")[2] == within
                    for s in found
                ]
                self._out.finding(
                    FindingCode.AUDIENCE_MISMATCH,
                    f"{who}: по категориям получается {sum(groups.values())}, а указано {whole}",
                    places,
                )
        if "" not in split and split:
            for group in dict.fromkeys(g for groups in split.values() for g in groups):
                parts = [s for within in split for s in row.values[("audience", f"{group}/{within}")]]
                value = sum(split[within].get(group, 0) for within in split)
                row.values[("audience", group)] = [
                    replace(parts[0], value=value, per_field="", evidence=e) for e in _places(parts)
                ]
        elif "" in split:
            for within in [w for w in split if w]:
                for group in split[within]:
                    whole_group = split[""].get(group)
                    over = sum(split[w].get(group, 0) for w in split if w)
                    if whole_group is not None and over != whole_group:
                        self._out.finding(
                            FindingCode.AUDIENCE_MISMATCH,
                            f"{who}: {group} {over} и {whole_group}",
                            row.values[("audience", group)],
                        )
                        return
        for name in [n for k, n in row.values if k == "audience" and "/" in n]:
            del row.values[("audience", name)]

    def _title_of(self, kind: str, name: str) -> str:
        return title_of(self._campaign, kind, name)


def _places(parts: list[Statement]) -> list[Evidence]:
    return list(dict.fromkeys(s.evidence for s in parts))
