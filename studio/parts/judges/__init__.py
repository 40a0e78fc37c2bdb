"""How far judges can be trusted: people's labels beside their words, and the form that asks them."""
