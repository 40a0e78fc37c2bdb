"""Models that answer: who speaks for which role, the endpoints they are reached at, the servers we run."""
