"""What everybody speaks: records, the protocol of questions and replies, errors, prompts, settings, projects."""
