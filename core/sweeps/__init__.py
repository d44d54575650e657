"""Sweeps: many runs that look for a better recipe, proposed by Optuna, owned by one process, kept in the root."""
