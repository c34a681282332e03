"""Checks are called by their names."""

import pytest
import typer

from tests.torture.__main__ import CHECKS, main


def test_a_check_that_is_not_there_is_answered_with_those_that_are(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(typer.Exit) as left:
        main(["kills", "unknown"])
    assert left.value.exit_code == 2
    known = ", ".join(CHECKS)
    assert capsys.readouterr().err == f"There is no check called unknown: choose from {known}.\n"
