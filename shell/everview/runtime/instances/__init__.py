"""Running views: their life cycle, their page, their checkpoints."""
