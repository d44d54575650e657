"""The door: page setup and navigation."""

from pages.widgets.shared import app_shell

app_shell.set_up()
app_shell.navigation().run()
app_shell.open_once()
