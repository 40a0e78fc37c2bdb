"""What charts over a score share: the axis of shares, and the limits of the policies that are beside each other."""

from __future__ import annotations

import plotly.graph_objects as go

from engine.core.records import Policy
from studio.theme import tokens

SHARES = {"range": [0, 1.02], "tickmode": "linear", "dtick": 0.2}
"""An axis of shares; left alone it would take its marks from the axis of counts."""


def limit_lines(figure: go.Figure, now: Policy, other: Policy | None, key: str) -> None:
    """Draw this policy's limit solid and the other one's dotted."""
    for policy, line in (
        (other, {"color": tokens().other, "width": 1.5, "dash": "dot"}),
        (now, {"color": tokens().ink}),
    ):
        for rule in policy.rules if policy else ():
            if rule.score == key and rule.use:
                figure.add_vline(rule.limit, line=line)
