"""The actions of a command that has several, such as `data add` and `sweep start`."""

import argparse
from collections.abc import Callable
from typing import Any


def add_action(
    actions: "argparse._SubParsersAction[argparse.ArgumentParser]",
    name: str,
    what: str,
    carry_out: Callable[[argparse.Namespace, Any], int],
) -> argparse.ArgumentParser:
    """Add an action and return its parser; `carry_out(options, store)` is found in the options as `action`."""
    action = actions.add_parser(name, help=what, description=f"{what[:1].upper()}{what[1:]}.")
    action.add_argument("--json", action="store_true", help="print one JSON object on the last line")
    action.set_defaults(action=carry_out)
    return action
