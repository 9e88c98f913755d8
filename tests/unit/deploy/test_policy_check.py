import json
import re

from deploy.policy_check import check_policies, render
from workflow.schemes.reading import packaged_texts


def a_file(tmp_path, old="", new="", name="derbyshire.toml"):
    path = tmp_path / name
    path.write_text(packaged_texts()["derbyshire.toml"].replace(old, new, 1), encoding="utf-8")
    return path


def test_without_a_file_the_policies_that_ship_are_checked():
    report = check_policies()

    assert report.ok
    assert [found.file for found in report.files] == ["derbyshire.toml", "durham.toml"]


def test_each_value_that_nobody_has_confirmed_is_listed_once_with_its_versions(tmp_path):
    (found,) = check_policies([a_file(tmp_path)]).files
    by_path = {entry.path: entry for entry in found.unverified}

    assert len(by_path) == len(found.unverified)
    assert by_path["grace_minutes"].versions == ("2025-09", "2026-02")
    assert by_path["bases.outcome_23.admitted_from"].versions == ("2026-02",)


def test_a_value_that_changed_between_versions_is_listed_twice(tmp_path):
    change = '[versions.changes]\ngrace_minutes = 30\n\n[versions.changes."bases.outcome_23"]'
    path = a_file(tmp_path, '[versions.changes."bases.outcome_23"]', change)

    (found,) = check_policies([path]).files

    values = [(entry.value, entry.versions) for entry in found.unverified if entry.path == "grace_minutes"]
    assert values == [(60, ("2025-09",)), (30, ("2026-02",))]


def test_one_wrong_file_does_not_keep_the_others_from_being_checked(tmp_path):
    wrong = a_file(tmp_path, "cap_authority", "cap_autority", name="wrong.toml")
    right = a_file(tmp_path)

    report = check_policies([wrong, right])

    assert not report.ok
    assert [bool(found.problems) for found in report.files] == [True, False]
    assert "did you mean cap_authority?" in render(report)


def test_a_file_that_is_not_there_or_is_no_text_is_said_in_a_line(tmp_path):
    broken = tmp_path / "broken.toml"
    broken.write_bytes(b"\xff\xfe")

    report = check_policies([tmp_path / "missing.toml", broken])

    messages = [found.problems[0].message for found in report.files]
    assert messages == ["cannot be read: No such file or directory", "is not UTF-8 text"]


def test_the_report_reads_as_lines_for_people(tmp_path):
    text = render(check_policies([a_file(tmp_path)]))

    assert text.startswith("derbyshire.toml: versions 2025-09, 2026-02; ")
    assert "unverified  grace_minutes = 60  [2025-09, 2026-02]  stand-in" in text
    assert "unverified  remedies = (13 entries)" in text
    assert "unverified  age_bands = (5 settings)" in text


def test_the_report_reads_as_json_for_machines(tmp_path):
    report = check_policies([a_file(tmp_path)])

    read = json.loads(render(report, as_json=True))

    assert read["ok"] is True
    assert len(read["files"][0]["unverified"]) == len(report.files[0].unverified)


def test_what_is_said_of_a_value_can_be_read_without_our_notes():
    said = render(check_policies())

    assert re.findall(r"domain\.md|\[K\]|contradiction|\bR\d+\b", said) == []
