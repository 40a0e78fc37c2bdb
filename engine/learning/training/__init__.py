"""Fine-tuning through TRL, its losses and presets, and what a round replays."""
