"""The widgets of the Recognize page."""
