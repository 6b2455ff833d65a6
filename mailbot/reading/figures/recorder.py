"""Writing down what prose yields: statements with their evidence, roles of numbers, findings with their places."""

from __future__ import annotations

import re

from mailbot.domain.interpretation import Evidence, Finding, FindingCode, NumberRole, Severity
from mailbot.reading.figures.lexicon import Label
from mailbot.reading.figures.lines import Line
from mailbot.reading.figures.statements import Extract, Statement, Subject
from mailbot.reading.figures.tokens import Number
from mailbot.reading.text.fold import fold

Order = tuple[int, int, int]

TOTAL_FIRST = re.compile(
    r"^[\s\-*•\"|]*(?:а\s+)?(?:и\s+того|итог\w*|всего|общ\w+|в\s+сумме|суммарно|total|барлыгы|барысы)"
)


class Recorder:
    """Collects one passage's statements, roles and findings into `out`."""

    def __init__(self) -> None:
        self.out = Extract()

    def state(  # noqa: PLR0913 - what a statement is made of
        self,
        line: Line,
        number: Number,
        label: Label,
        subject: Subject,
        *,
        order: Order | None = None,
        group: bool = False,
        loose_total: bool = False,
        within: str = "",
        reason: str = "",
    ) -> None:
        """Write down that `number` counts what `label` names for `subject`, for the date `order`.

        `group`: a total over several respondents; `loose_total`: arithmetic will tell whose total it is; `within`: the
        network that an audience's number splits.
        """
        foreign = label.kind == "foreign"
        self.out.statements.append(
            Statement(
                subject=Subject() if group else subject,
                kind=label.kind,
                name=label.name,
                value=number.value,
                evidence=Evidence(locator=line.locator, snippet=snippet(line.text, number)),
                group=group,
                loose_total=loose_total and not group,
                order=order,
                vague="" if foreign else number.vague,
                doubtful=line.doubtful,
                per_field=within,
            )
        )
        counted = "an account that was not asked for" if foreign else f"figure: {label.name}"
        self.role(
            line, number, counted + (" (group total)" if group else ""), reason or (label.name if foreign else "")
        )

    def role(self, line: Line, number: Number, role: str, reason: str = "") -> None:
        """Write down what a number is."""
        self.out.roles.append(NumberRole(text=number.text, locator=line.locator, role=role, reason=reason))

    def unexplained(self, line: Line, number: Number) -> None:
        """A number that nothing tells: a person must look."""
        if line.doubtful and number.value < 10 and not number.people:
            self.role(line, number, "a mark that recognition took for a digit")
            return
        self.role(line, number, "unexplained")
        around = snippet(line.text, number)
        if number.vague:
            self.finding(FindingCode.APPROXIMATE, f"Неточное число: «{around}»", line, around)
        else:
            message = f"Непонятно, что означает число {number.text}: «{around}»"
            self.finding(FindingCode.UNEXPLAINED_NUMBER, message, line, around)

    def unsaid(self, line: Line, label: Label, why: str) -> None:
        """A network is named where a number belongs, and there is none."""
        around = line.text[max(0, label.start - 20) : label.end + 60]
        message = f"Нет точного числа по сети «{line.text[label.start : label.end]}»: {why}"
        self.finding(FindingCode.NO_EXACT_FIGURE, message, line, around)

    def finding(self, code: FindingCode, message: str, line: Line, around: str = "") -> None:
        """A blocking finding at a line; its end is shown where no snippet is given."""
        evidence = Evidence(locator=line.locator, snippet=around or line.text.strip()[-120:])
        self.out.findings.append(Finding(code=code, severity=Severity.BLOCKS, message=message, evidence=(evidence,)))


def is_total_line(line: Line) -> bool:
    """Whether a line begins as a total does: «Итого», «Всего», «Барлыгы»."""
    return TOTAL_FIRST.match(fold(line.text)) is not None


def snippet(text: str, number: Number, width: int = 60) -> str:
    """The number with what stands around it."""
    start, end = max(0, number.start - width), min(len(text), number.end + width // 2)
    return ("…" if start else "") + text[start:end].strip() + ("…" if end < len(text) else "")
