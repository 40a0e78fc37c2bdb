"""Export."""

from studio.widgets.blocks import title_row

title_row("Export")
