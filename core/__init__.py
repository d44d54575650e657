"""All of Digit Studio that is true without a screen.

The law of the rooms: nothing here imports Streamlit or `pages`; only `runs` knows the names of the files in a run
folder; only `launcher` starts, signals or waits for a process; who needs Keras or TensorFlow imports it inside a
function, so that importing any room is cheap and the first page paints before TensorFlow is loaded.
`tests/unit/test_rooms.py` holds the house to this.
"""
