"""The widgets of the Why page."""
