"""The app's entry point: page setup, navigation, background services."""

from pages.widgets.components.streamlit_overrides import streamlit_overrides
from pages.widgets.shared import app_shell, messages

app_shell.configure_page()
page = app_shell.navigation()
streamlit_overrides()
page.run()
messages.show()
app_shell.start_background_services()
