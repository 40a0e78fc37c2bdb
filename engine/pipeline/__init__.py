"""The way of one problem and of one run, from seeds to scores. Which kind of run takes which: engine.worker.programs.

knowledge   seeds -> points -> filtered points                     engine.pipeline.knowledge
generate    orders -> problems, solutions, verdicts, by a method   engine.pipeline.methods
map         problems -> positions                                  engine.pipeline.measure
train       rows -> a trained model                                engine.pipeline.fine_tuning
evaluate    questions -> graded answers                            engine.pipeline.evaluation
"""

from engine.pipeline.methods import reached
from engine.pipeline.whole import Made, run
from engine.worker.programs import PROGRAMS

__all__ = ["PROGRAMS", "Made", "reached", "run"]
# Launch commands of runs that can still be resumed name PROGRAMS by this place.
