"""From verdicts to a selection: policies, what-if counts, reasons."""
