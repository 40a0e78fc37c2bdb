"""A phase of a run on many machines: the same items, the same driver, one actor of Ray Data per share.

parcel     items on their way to an actor
talker     an actor: holds the conversations of its parcels and journals them in a shard of its own
replica    a server that an actor starts for itself, on its own GPUs
guardian   ends a server when the actor that started it is gone
shards     pours the shards into the run's journal, each line once
phase      the head: hands out parcels, pours, counts, stops

The run directory must be one that every machine sees under the same path. Engines and seeds of chance are those of
the plan, so a phase gives the same records as on one machine.
"""
