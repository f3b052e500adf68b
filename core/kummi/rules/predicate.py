"""The escape hatch: a plugin's own Python function as a criterion."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib import import_module

from kummi.errors import PluginError
from kummi.message import Message
from kummi.model.facts import Facts


@cache
def function_at(address: str) -> Callable[[Facts], object]:
    """Return the function at ``package.module:function``. Raises PluginError where there is none."""
    module, _, name = address.partition(":")
    try:
        found = getattr(import_module(module), name)
    except (ImportError, AttributeError) as error:
        raise PluginError(
            Message("no Python function at '{address}': {error}", address=address, error=error)
        ) from error
    if not callable(found):
        raise PluginError(Message("'{address}' is not a function", address=address))
    return found  # type: ignore[no-any-return]  # its answer is checked when it is asked


def ask_predicate(address: str, facts: Facts) -> bool | None:
    """Call a plugin's function with facts.

    Raises:
        PluginError: There is no such function, it failed, or it answered neither true, false nor None.
    """
    function = function_at(address)
    try:
        answer = function(facts)
    except Exception as error:
        # its message may hold what the function was given, so only its kind is told
        raise PluginError(
            Message("the function '{address}' failed with {kind}", address=address, kind=type(error).__name__)
        ) from error
    if answer is None or isinstance(answer, bool):
        return answer
    raise PluginError(
        Message(
            "the function '{address}' must answer True, False or None, not {kind}",
            address=address,
            kind=type(answer).__name__,
        )
    )
