"""A phase of a run on many machines: the same items, the same driver, one actor of Ray Data per share.

head         hands out batches of items, merges the shards, counts, stops
batch        items on their way to an actor
actor        holds the conversations of its batches and journals them in a shard of its own
replica      a server that an actor starts for itself, on its own GPUs
reaper       ends a server when the actor that started it is gone
shard_merge  pours the shards into the run's journal, each line once

The run directory must be one that every machine sees under the same path. Engines and seeds of chance are those of
the plan, so a phase gives the same records as on one machine.
"""
