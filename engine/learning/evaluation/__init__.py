"""What a model and a set of data are worth: benchmarks read, asked and graded; perplexity, BERTScore, reward wins.

benchmarks.py  the registry: sizes, shots, languages, who reports on what
questions.py   rows of public files to questions with answers
choices.py     options and letters of multiple choice
asking.py      prompts and worked examples
grading.py     right or wrong, and by which rule
figures.py     pass@1, maj@k, pass@k, intervals, two models compared
perplexity.py  bertscore.py  rewards.py  figures of data by local models
"""

from engine.learning.evaluation.benchmarks import BENCHMARKS, Benchmark, average, of_paper

__all__ = ["BENCHMARKS", "Benchmark", "average", "of_paper"]
