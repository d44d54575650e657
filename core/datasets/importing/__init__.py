"""Import of data sets: the files of an upload, folder or ZIP, and a module for each format that they may have."""
