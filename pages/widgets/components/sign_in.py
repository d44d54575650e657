"""The pages where a code is given, a number is said and one signs out, and the one of a refused form: plain HTML.

They stand by themselves: nothing of Streamlit is sent to somebody who is not signed in.
"""

from html import escape
from pathlib import Path

from starlette.responses import HTMLResponse

from core.people.names import MAX_NAME

_STYLES = Path(__file__).with_suffix(".css").read_text("utf-8")
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


def sign_in_page(
    problem: str = "", name: str = "", code: str = "", to: str = "", with_number: bool = False
) -> HTMLResponse:
    """Return the form that asks for the code and the name, filled in as it was sent, with what was wrong with it.

    to: what of the app was asked for, which the form sends along. with_number: whether the number's field is shown. The
    keyboard is in the field that is empty, or is to be corrected.
    """
    focus = "number" if with_number else "name" if code and not name else "code"
    focused = {focus: "autofocus"}
    return _page(
        "Sign in",
        f"""<h1>Digit Studio</h1>
        <p>Your class works here. What you train and draw is yours: others in the class do not see it.</p>
        {f'<p role="alert">{escape(problem)}</p>' if problem else ""}
        <form method="post" autocomplete="off">
          <input type="hidden" name="to" value="{escape(to)}">
          <label>Code of the class
            <input name="code" value="{escape(code)}" required maxlength="40" autocapitalize="characters"
                   spellcheck="false" {focused.get("code", "")}></label>
          <label>Your name
            <input name="name" value="{escape(name)}" maxlength="{MAX_NAME}" {focused.get("name", "")}></label>
          <details {"open" if with_number else ""}><summary>I was here before, in another browser</summary>
            <label>Your number
              <input name="number" inputmode="numeric" maxlength="12" {focused.get("number", "")}></label></details>
          <button>Sign in</button>
        </form>""",
        403 if problem else 200,
    )


def number_page(name: str, number: str, to: str) -> HTMLResponse:
    """Return the page that says a new person's number, once."""
    return _page(
        "Your number",
        f"""<h1>Hello, {escape(name)}</h1>
        <p>This is your number. Write it down: with your name and it you come back in another browser or on another
        device. It is shown only now; your teacher can give you a new one.</p>
        <p class="number">{number[:3]} {number[3:]}</p>
        <a class="button" href="{escape(to)}">Go on</a>""",
    )


def refusal_page(problem: str, back: str) -> HTMLResponse:
    """Return the page that says why a form was not taken, and leads to another try."""
    return _page(
        "Not taken",
        f"""<h1>Digit Studio</h1>
        <p role="alert">{escape(problem)}</p>
        <a class="button" href="{escape(back)}">Try again</a>""",
        400,
    )


def sign_out_page(name: str, has_number: bool, back: str) -> HTMLResponse:
    """Return the page that asks whether to sign out."""
    how = "the code of the class, your name and your number" if has_number else "the teacher's code"
    return _page(
        "Sign out",
        f"""<h1>Sign out, {escape(name)}?</h1>
        <p>Your runs and drawings stay. To come back you need {how}.</p>
        <form method="post"><p><button>Sign out</button></p></form>
        <a href="{escape(back)}">Stay</a>""",
    )


def _page(title: str, body: str, status: int = 200) -> HTMLResponse:
    return HTMLResponse(
        f"""<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>{title} · Digit Studio</title>
    <style>{_STYLES}</style>
  </head>
  <body>
    <main>
        {body}
    </main>
  </body>
</html>
""",
        status,
        _HEADERS,
    )
