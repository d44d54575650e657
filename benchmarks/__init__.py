"""Every figure of docs/speed.md and docs/accuracy.md, as a program that prints it."""
