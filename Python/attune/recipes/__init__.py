"""Live hyperparameters for training frameworks: `attune.recipes.torch`, `.optax`, `.keras`, `.sklearn`, `.transformers`, `.lightning` and
`.stable_baselines3`. Each is imported by itself, and only where its framework is installed. Docs/Recipes.md says what each can change."""
