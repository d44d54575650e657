"""Streamlit's HTML file under the address of each page, with the address of its server in it."""

from functools import cache
from importlib.resources import files

from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route

_SCRIPT = '<script>window.__streamlit = { BACKEND_BASE_URL: new URL(".", location.href).href };</script>'
"""Read by Streamlit's own script, which else asks at both /train/_stcore and /_stcore where its server is."""


def page_routes(names: list[str]) -> list[Route]:
    """Return a route for each page of these names, for instance `train`, that stands beside the first page."""
    return [Route(f"/{name}", _serve) for name in names]


async def _serve(request: Request) -> HTMLResponse:
    return HTMLResponse(_html(), headers={"Cache-Control": "no-cache"})


@cache
def _html() -> str:
    text = files("streamlit").joinpath("static/index.html").read_text("utf-8")
    before, head, after = text.partition("<head>")
    return f"{before}{head}{_SCRIPT}{after}"
