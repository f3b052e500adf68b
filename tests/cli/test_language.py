"""The command line speaks the language of ``--lang`` or ``KUMMI_LANG``: help, words of click, refusals, questions."""

from __future__ import annotations

from typing import Any

import pytest

from kummi.cli.language import language_of


def test_help_and_the_words_of_click_are_in_the_language_asked_for(bare: Any) -> None:
    said = bare.done("--lang", "sv", "case", "hold", "--help")

    assert "Användning:" in said.out
    assert "Visa den här hjälpen och avsluta." in said.out
    assert "Prova utan att spara något." in said.out
    assert '  Exempel:  kummi case hold XX-12 --reason "the family is away until May"' in said.out


def test_the_language_may_stand_after_the_command_and_in_the_environment(
    bare: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "Käyttö:" in bare.done("case", "--help", "--lang", "fi").out
    monkeypatch.setenv("KUMMI_LANG", "da")
    assert "Brug:" in bare.done("case", "--help").out
    assert "Usage:" in bare.done("case", "--help", "--lang", "en").out


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("da", "Fejl: findes ikke: sag 'XX-9'"),
        ("fi", "Virhe: ei ole: asia 'XX-9'"),
        ("is", "Villa: er ekki til: mál 'XX-9'"),
        ("nb", "Feil: finnes ikke: sak 'XX-9'"),
        ("sv", "Fel: finns inte: ärende 'XX-9'"),
        ("zz", "Error: no case named 'XX-9'"),
    ],
)
def test_an_error_is_said_in_the_language_asked_for(cli: Any, language: str, said: str) -> None:
    assert cli("case", "next", "XX-9", "--lang", language).err.startswith(said)


def test_a_refusal_of_json_is_said_in_the_language_asked_for(cli: Any) -> None:
    failure = cli("case", "next", "XX-9", "--lang", "sv", "--json").json

    assert failure["error"] == "not_found"
    assert failure["message"].startswith("finns inte: ärende 'XX-9'")


def test_the_option_counts_before_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KUMMI_LANG", "da")

    assert language_of(["case", "list", "--lang", "fi"]) == "fi"
    assert language_of(["case", "list"]) == "da"
