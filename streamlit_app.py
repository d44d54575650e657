"""The app's entry point: page setup, navigation, background services."""

from pages.widgets.shared import app_shell, messages

app_shell.configure_page()
app_shell.navigation().run()
messages.show()
app_shell.start_background_services()
