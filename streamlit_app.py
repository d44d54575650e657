"""The door: page setup and navigation."""

from pages.widgets import house

house.set_up()
house.navigation().run()
house.open_once()
