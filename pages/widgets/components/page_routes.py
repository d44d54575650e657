"""Routes beside those of Streamlit: its HTML file under the address of each page, and Plotly's script."""

import gzip
from functools import cache
from importlib.metadata import version
from importlib.resources import files

import streamlit as st
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from core.cli.host_guard import LOOPBACK_HOSTS, normal_host

_SCRIPT = '<script>window.__streamlit = { BACKEND_BASE_URL: new URL(".", location.href).href };</script>'
"""Read by Streamlit's own script, which else asks at both /train/_stcore and /_stcore where its server is."""


_MOVED = {"why": "learn"}
"""The new name of each page that was called otherwise in an earlier version."""

PLOTLY_FILE = f"plotly-{version('plotly')}.min.js"
"""Plotly's script as the server serves it: with the version in its name, so that a browser loads it once for good."""


def page_routes(names: list[str]) -> list[Route]:
    """Return the route of Plotly's script, and of each page of these names, for instance `train`, beside the first.

    The old name of a page leads to it.
    """
    return [
        Route(under_base_path(PLOTLY_FILE), _serve_plotly),
        *(Route(under_base_path(name), _serve_page) for name in names),
        *(Route(under_base_path(name), _lead_on) for name in _MOVED),
    ]


def own_hosts() -> list[str]:
    """Return the names under which this server answers, each in its normal form."""
    return [normal_host(each) for each in st.get_option("server.allowedHosts") or LOOPBACK_HOSTS]


def under_base_path(path: str) -> str:
    """Return the server's path for one beside the first page, such as `train`: Streamlit puts only its own there."""
    base = st.get_option("server.baseUrlPath").strip("/")
    return f"/{base}/{path}" if base else f"/{path}"


def _serve_plotly(request: Request) -> Response:
    headers = {"Content-Encoding": "gzip", "Cache-Control": "public, immutable, max-age=31536000"}
    return Response(_plotly(), media_type="text/javascript", headers=headers)


async def _lead_on(request: Request) -> RedirectResponse:
    return RedirectResponse(_MOVED[request.url.path.rpartition("/")[2]], status_code=308)


@cache
def _plotly() -> bytes:
    """Return the script, 4.5 MB, as a gzip file: compressed once, and not for every visitor."""
    return gzip.compress(files("plotly").joinpath("package_data/plotly.min.js").read_text("utf-8").encode())


async def _serve_page(request: Request) -> HTMLResponse:
    return HTMLResponse(_html(), headers={"Cache-Control": "no-cache"})


@cache
def _html() -> str:
    text = files("streamlit").joinpath("static/index.html").read_text("utf-8")
    before, head, after = text.partition("<head>")
    return f"{before}{head}{_SCRIPT}{after}"
