"""Makes, checks, judges and selects synthetic mathematics problems; needs no screen, GPU or network."""

from engine.core.moved import install

install()
