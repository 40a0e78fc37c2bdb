"""Trust: how good the kept set is, how sure that is, and what to label next."""
