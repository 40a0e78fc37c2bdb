"""What the conversation driver is made of.

index     64-bit keys to numbers in 16 bytes an entry
roles     which engine and model sit behind a role
gate      how many calls an engine gets at a time
patience  how long to wait before another try
replies   what was paid for already
ledger    which items are done already
meter     counts, cost and budget
course    whether the run goes on
caller    one chat, from cache or engine
upkeep    fsync, control word and status, beside the event loop
"""
