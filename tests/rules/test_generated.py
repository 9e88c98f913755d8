"""What is generated is current; the one command that checks it also finds drift and mends it."""

import pytest

from deploy.generate import GENERATED, Generated, main, out_of_date, write
from tests.rules.tree import ROOT

GREETING = Generated(path="a/greeting.md", render=lambda root: f"Hello from {root.name}\n")


@pytest.mark.parametrize("generated", GENERATED, ids=lambda generated: generated.path)
def test_a_generated_file_is_current(generated):
    assert out_of_date(ROOT, [generated]) == (), "run `make generate`"


def test_no_file_has_two_generators():
    paths = [generated.path for generated in GENERATED]

    assert len(paths) == len(set(paths))


def test_a_missing_file_is_out_of_date_until_it_is_written(tmp_path):
    assert out_of_date(tmp_path, [GREETING]) == (GREETING,)

    assert write(tmp_path, [GREETING]) == (GREETING,)

    assert (tmp_path / "a" / "greeting.md").read_text() == f"Hello from {tmp_path.name}\n"
    assert out_of_date(tmp_path, [GREETING]) == ()


def test_a_file_edited_by_hand_is_found_and_written_again(tmp_path):
    write(tmp_path, [GREETING])
    (tmp_path / "a" / "greeting.md").write_text("Goodbye\n")

    assert out_of_date(tmp_path, [GREETING]) == (GREETING,)
    assert write(tmp_path, [GREETING]) == (GREETING,)
    assert write(tmp_path, [GREETING]) == ()


def test_an_unknown_source_key_is_one_plain_line_and_exit_status_2(tmp_path, capsys):
    (tmp_path / "workflow").mkdir()
    (tmp_path / "workflow" / "rules.py").write_text('"""R999."""\n')
    (tmp_path / "deploy").mkdir()
    (tmp_path / "deploy" / "sources.toml").write_text("[sources]\n")

    status = main(["--check"], root=tmp_path)

    assert status == 2
    assert capsys.readouterr().err.count("\n") == 1
