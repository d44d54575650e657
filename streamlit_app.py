"""The door: page setup and navigation."""

import streamlit as st

from pages.widgets import house

st.set_page_config(page_title="Digit Studio", page_icon=":material/draw:", layout="wide")
house.navigation().run()
house.open_once()
