"""The widgets of the Runs page."""
