"""Model text on its way to the page: mathematics is drawn, everything else is only ever text."""
