"""Explanations of what a network answers to one digit: evidence, changes that matter, activations, examples."""
