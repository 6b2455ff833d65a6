"""What a table's cells come to, written down: roles of numbers, findings on cells."""

from __future__ import annotations

from mailbot.domain.interpretation import Evidence, Finding, FindingCode, NumberRole, Severity
from mailbot.reading.figures.cells import CellKind, Content
from mailbot.reading.figures.columns import Heading
from mailbot.reading.figures.masks import Role
from mailbot.reading.figures.statements import Extract
from mailbot.reading.figures.tokens import numbers


class CellRecorder:
    """Writes into `out` what was found of single cells."""

    def __init__(self, out: Extract) -> None:
        self.out = out

    def unclear(self, content: Content, heading: Heading) -> None:
        """A figure's cell with words in it, or an error."""
        text = content.cell.text.strip()
        if content.kind is CellKind.ERROR:
            self.finding(FindingCode.NO_EXACT_FIGURE, f"В ячейке ошибка вместо числа: «{text}»", content)
            return
        if content.cell.spanned:
            return
        figures = [n for n in numbers(text) if n.role in (Role.FIGURE, Role.STAFF, Role.COUNT)]
        code = FindingCode.APPROXIMATE if any(n.vague for n in figures) else FindingCode.NO_EXACT_FIGURE
        self.finding(code, f"В столбце «{heading.text}» нет точного числа: «{text[:120]}»", content)

    def unexplained(self, content: Content) -> None:
        """A number that nothing tells."""
        self.role(content, "unexplained")
        self.finding(
            FindingCode.UNEXPLAINED_NUMBER,
            f"Непонятно, что означает число {content.cell.text.strip()} в таблице",
            content,
        )

    def told_in_words(self, content: Content) -> None:
        """A row of words alone that tells numbers of people."""
        text = content.cell.text.strip()
        self.role(content, "unexplained")
        self.finding(FindingCode.UNEXPLAINED_NUMBER, f"В строке таблицы сказано словами: «{text[:120]}»", content)

    def stranger(self, name: str, content: Content) -> None:
        """A row of figures that names neither an organisation nor a measure."""
        message = f"Непонятно, чьи это числа и что они значат: «{name[:120]}»"
        self.finding(FindingCode.ORGANISATION_UNKNOWN, message, content)

    def several(self, name: str, content: Content) -> None:
        """Figures beside the names of several organisations."""
        message = f"Числа даны сразу по нескольким организациям: «{name[:120]}»"
        self.finding(FindingCode.ORGANISATION_UNKNOWN, message, content)

    def role(self, content: Content, role: str, reason: str = "") -> None:
        """What the cell's number is, and by what it is told."""
        text = content.number.text if content.number else content.cell.text[:60]
        self.out.roles.append(NumberRole(text=text.strip(), locator=content.cell.locator, role=role, reason=reason))

    def finding(self, code: FindingCode, message: str, content: Content) -> None:
        """A blocking finding on the cell."""
        evidence = Evidence(locator=content.cell.locator, snippet=content.cell.text.strip()[:120])
        self.out.findings.append(Finding(code=code, severity=Severity.BLOCKS, message=message, evidence=(evidence,)))
