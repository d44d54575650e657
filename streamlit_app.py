"""The door: page setup and navigation."""

from pathlib import Path

import streamlit as st

from pages.widgets import house

# A Material icon here would be fetched from elsewhere.
st.set_page_config(page_title="Digit Studio", page_icon=Path(__file__).parent / "docs" / "icon.png", layout="wide")
house.navigation().run()
house.open_once()
