"""REPORT: facts from the store to the daily roll-up mail and its workbook."""
