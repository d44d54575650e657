"""Routes beside those of Streamlit: where one signs in with a code, and where one signs out."""

from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from core.cli.host_guard import host_of
from core.cli.person_guard import SIGN_IN_PATH, SIGN_OUT_PATH
from core.people import Mode, PeopleError, Person, SignIn
from core.people.cookies import COOKIE
from core.people.register import NameTakenError
from core.storage.os_errors import error_text
from pages.widgets.components.page_routes import own_hosts, under_base_path
from pages.widgets.components.sign_in import number_page, refusal_page, sign_in_page, sign_out_page
from pages.widgets.shared import workspace

_MAX_BODY_BYTES = 10_000


class _FormError(Exception):
    """A form that is not read; the text says why."""


def routes() -> list[Route]:
    """Return the routes to sign in and out; none where the server has no class that signs in by a code."""
    if workspace.mode() is not Mode.CODE:
        return []
    return [
        Route(under_base_path(SIGN_IN_PATH), _sign_in, methods=["GET", "POST"]),
        Route(under_base_path(SIGN_OUT_PATH), _sign_out, methods=["GET", "POST"]),
    ]


async def _sign_in(request: Request) -> Response:
    if request.method != "POST":
        return sign_in_page(to=request.query_params.get("to", ""))
    try:
        form = await _read_form(request)
    except _FormError as error:
        return refusal_page(str(error), under_base_path(SIGN_IN_PATH))
    code, name, number, to = (form.get(each, "") for each in ("code", "name", "number", "to"))
    sign_in = workspace.sign_in()
    try:
        entered = sign_in.enter(code, name, number, request.client.host if request.client else "")
        cookie, max_age_s = sign_in.cookie_for(entered.person), int(sign_in.max_age_s())
        _sign_out_another_person(sign_in, request.cookies.get(COOKIE), entered.person)
    except NameTakenError as error:
        return sign_in_page(str(error), name, code, to, with_number=True)
    except (PeopleError, OSError) as error:
        return sign_in_page(error_text(error), name, code, to, with_number=bool(number))
    target = _inside(to)
    response = (
        number_page(entered.person.name, entered.number, target) if entered.number else RedirectResponse(target, 303)
    )
    response.set_cookie(
        COOKIE,
        cookie,
        max_age=max_age_s,
        path=_cookie_path(),
        secure=request.url.scheme == "https",
        httponly=True,
        samesite="lax",
    )
    return response


def _sign_out_another_person(sign_in: SignIn, cookie: str | None, person: Person) -> None:
    """Make the cookie that a new one replaces void where it is another person's, who could no longer sign out."""
    before = sign_in.person_of(cookie)
    if before is not None and before.id != person.id:
        sign_in.sign_out(cookie)


async def _sign_out(request: Request) -> Response:
    sign_in, cookie = workspace.sign_in(), request.cookies.get(COOKIE)
    person = sign_in.person_of(cookie)
    try:
        if request.method == "POST":
            await _read_form(request)
    except _FormError as error:
        return refusal_page(str(error), under_base_path(""))
    if person is not None and request.method != "POST":
        return sign_out_page(person.name, not person.is_teacher, under_base_path(""))
    try:
        sign_in.sign_out(cookie)
    except OSError as error:
        return sign_in_page(error_text(error))
    response = RedirectResponse(under_base_path(SIGN_IN_PATH), 303)
    response.delete_cookie(COOKIE, path=_cookie_path())
    return response


async def _read_form(request: Request) -> dict[str, str]:
    """Return the fields of a form that a page of this server sent; raises `_FormError` for anything else."""
    origin = request.headers.get("origin")
    if origin is not None and (host := host_of(origin)) not in own_hosts():
        raise _FormError(
            f"This form was sent by a page under {f'the name {host[:100]}' if host else 'another name'}, to which this "
            "server does not answer. Open the server under a name of its own, or start it with --host and the name."
        )
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > _MAX_BODY_BYTES:
            raise _FormError("This form is too long to be one of this server. Fill it in anew.")
    try:
        return {name: values[0] for name, values in parse_qs(body.decode(), max_num_fields=10).items()}
    except ValueError as error:
        raise _FormError("This form cannot be read. Fill it in anew.") from error


def _inside(to: str) -> str:
    """Return the address of what was asked for on this server; that of its first page for anything else."""
    is_local = to.isprintable() and not to.startswith(("/", "\\")) and ":" not in to.partition("?")[0]
    return under_base_path(to if is_local else "")


def _cookie_path() -> str:
    return under_base_path("").rstrip("/") or "/"
