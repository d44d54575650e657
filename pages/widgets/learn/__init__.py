"""The widgets of the Learn page."""
