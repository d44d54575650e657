"""The pages of the app, one file each. Pages only arrange; `core` computes."""
