"""What can be told without asking a model: whether answers mean the same, whether steps and statements hold."""
