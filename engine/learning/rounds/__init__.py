"""Runs whose worker starts other runs, one after the other; above all the loop of continual learning.

round     M(t-1) -> SFT -> requests -> synthesis -> sorting -> DPO -> M(t), and again
choose    every checkpoint of a training is evaluated, the best is chosen
sft-dpo   fine-tuning, then preference training of its outcome
study     the same items by several models, one choice of them after another

Each of the runs within has a directory of its own beside the outer one's, so each can be watched, and whatever was
finished stays so.
"""

from engine.execution.programs import PROGRAMS

__all__ = ["PROGRAMS"]
# Launch commands of runs that can still be resumed name the table by this place.
