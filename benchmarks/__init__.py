"""Every speed claim of the README, as a program that prints a ratio."""
