"""Which benchmarks the methods report on, and how their scores become one figure."""

from engine.evaluation.benchmarks import BENCHMARKS, Benchmark, average, of_paper

__all__ = ["BENCHMARKS", "Benchmark", "average", "of_paper"]
