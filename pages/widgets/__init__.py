"""The widgets of the pages, in a package for each page, and those that several pages show."""
