"""Settings: the environment, the files in `config/`, and where they travel. Read once, at the composition root."""
