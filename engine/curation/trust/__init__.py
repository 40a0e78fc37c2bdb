"""How good is the kept set, how sure are we, what to label next: numbers, or why there is none.

intervals.py  effective.py                 a share and how sure it is
label_sums.py  share_arrays.py             the same of many groups of rows at once
draws.py  weights.py  ledger.py            whom to ask, with what chance, and what each label weighs
label_set.py  from_ledger.py               what was labelled and how it was drawn, by hand or from the store
estimate.py  estimated.py  refusals.py     the one way from labels to a number, and when there is none
weighted.py  strata.py  regression.py      estimators: unequal draws, strata, with the judges' help
curve.py  bands.py  between.py  choose.py  precision over a limit, at all limits at once, and the limit to choose
certificate.py  meter.py  forecast.py      audits of a frozen set, and how many labels it takes
freezing.py  audit_plan.py  auditing.py    a set that is frozen, its price, how its audit stands; audit_words.py says it
carried.py                                 from a measured set to the rows that go out
agreement.py  standing.py  bootstrap.py    how far judges agree with people and with each other, and what that is worth
reliability.py  calibrators.py             what a judge's score is worth as a probability
combining.py  dawid_skene.py  stacking.py  several judges as one
folds.py  crossfit.py                      parts of the labels, and what was fitted without them
subsets.py  chosen.py  comparing.py        every set of judges, what was chosen among them, one policy against another
telling_apart.py                           what to label to tell two policies apart
order_bias.py  curator_noise.py            the place of an answer, and people's own errors

What is estimated knows no store, page or model: arrays come in, frozen records go out. `from_ledger` brings the arrays.
"""
