"""Running views: their life, their page, their checkpoints."""
