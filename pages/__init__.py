"""What a person sees, one file a page. Pages arrange and ask; what is true without a screen is in `core`."""
