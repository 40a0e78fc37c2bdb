"""Commands of `lemma`, one module per noun."""
