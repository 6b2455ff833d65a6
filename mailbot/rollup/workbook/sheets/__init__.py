"""The sheets of the workbook, one module each; `mailbot.rollup.workbook.SHEETS` is their list."""
