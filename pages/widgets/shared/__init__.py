"""The widgets that several pages show."""
