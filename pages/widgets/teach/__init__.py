"""The widgets of the Teach page."""
