"""The widgets of the Train page."""
