"""Home."""

from studio.widgets.blocks import title_row

title_row("Home")
