"""The app's entry point: what a server serves, and the script that it runs for each visitor."""

import streamlit as st
from starlette.middleware import Middleware

from core.cli.host_guard import HostGuard
from pages.widgets.components.page_routes import own_hosts
from pages.widgets.components.streamlit_overrides import streamlit_overrides
from pages.widgets.shared import app_shell, messages, sign_in_routes, upload_quota
from pages.widgets.train import live_curves

if __name__ == "__main__":
    app_shell.configure_page()
    upload_quota.begin_drawing()
    person = app_shell.require_person()
    page = app_shell.navigation(person)
    streamlit_overrides(page.title)
    app_shell.show_person(person)
    app_shell.show_page(page)
    upload_quota.free_unshown()
    messages.show()
    app_shell.start_background_services()
else:
    routes = [*app_shell.prepare_server(), *sign_in_routes.routes(), live_curves.route()]
    guards = [Middleware(HostGuard, hosts=own_hosts()), *app_shell.person_guard()]
    app = st.App(__file__, routes=routes, middleware=guards)
