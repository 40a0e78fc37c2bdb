"""What comes after an export: training, evaluation, and the rounds that repeat the road."""
