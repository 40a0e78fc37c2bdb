"""Fine-tuning through TRL, its presets, and what a round replays."""
