"""The curator's side of curation: queues, blind readings, repairs and how far people and judges agree."""
