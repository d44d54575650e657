"""The app's own browser components: each a Python module with its .html, .css and .js files beside it."""
