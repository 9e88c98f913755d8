from collections import Counter

import pytest

from deploy.simulate.incidents import KINDS, VIOLENCE_OR_SEXUAL, IncidentFileError, read_incidents
from schemas.vocabulary import BehaviourKind
from tests.unit.deploy.simulation import SAMPLE

HEAD = "Month,Reported by,Longitude,Latitude,Crime type\n"
GOOD = "2023-05,Derbyshire Constabulary,-1.47,52.92,Shoplifting\n"


def a_file(tmp_path, text):
    path = tmp_path / "incidents.csv"
    path.write_text(text)
    return path


def test_the_shipped_sample_has_all_its_rows_and_every_crime_type():
    found = read_incidents(SAMPLE, seed=7, sexual_share=0.09)

    kinds = Counter(incident.kind for incident in found.incidents)

    assert len(found.incidents) == 500
    assert found.bad == ()
    assert set(kinds) == {*KINDS.values(), BehaviourKind.VIOLENCE, BehaviourKind.SEXUAL_OFFENCE}


@pytest.mark.parametrize("column", ["Month", "Longitude", "Latitude", "Crime type"])
def test_a_missing_column_is_named_in_one_line(tmp_path, column):
    path = a_file(tmp_path, (HEAD + GOOD).replace(column, "Other"))

    with pytest.raises(IncidentFileError) as refused:
        read_incidents(path, seed=7, sexual_share=0.1)

    assert f"no column {column}" in str(refused.value)
    assert "\n" not in str(refused.value)


def test_bad_rows_are_counted_and_named_by_line_and_column(tmp_path):
    bad = ["2023-13,x,-1.4,52.9,Drugs\n", "2023-05,x,east,52.9,Drugs\n", "2023-05,x,-1.4,12,Drugs\n"]
    path = a_file(tmp_path, HEAD + GOOD + "".join(bad) + "2023-05,x,-1.4,52.9,Juggling\n" + GOOD)

    found = read_incidents(path, seed=7, sexual_share=0.1)

    assert found.bad == ((3, "Month"), (4, "Longitude"), (5, "Latitude"), (6, "Crime type"))
    assert len(found.incidents) == 2
    assert found.complaint().startswith("4 rows were left out: line 3 (Month), line 4 (Longitude)")


@pytest.mark.parametrize("text", ["", HEAD, HEAD + "2023-05,x,-1.4,52.9,Juggling\n"])
def test_a_file_without_a_usable_row_is_refused(tmp_path, text):
    path = a_file(tmp_path, text)

    with pytest.raises(IncidentFileError):
        read_incidents(path, seed=7, sexual_share=0.1)


def test_a_file_that_is_missing_or_no_text_is_refused_in_one_line(tmp_path):
    picture = tmp_path / "picture.csv"
    picture.write_bytes(b"\x89PNG\xff\xfe" * 40)

    for path in (tmp_path / "nowhere.csv", picture):
        with pytest.raises(IncidentFileError, match=r"cannot be read: .*\.$"):
            read_incidents(path, seed=7, sexual_share=0.1)


def test_the_joined_type_is_split_by_the_seed_at_the_stated_rate(tmp_path):
    row = f"2023-05,x,-1.4,52.9,{VIOLENCE_OR_SEXUAL.capitalize()}\n"
    path = a_file(tmp_path, HEAD + row * 2000)

    first, again, other = (read_incidents(path, seed=seed, sexual_share=0.1).incidents for seed in (7, 7, 8))
    sexual = sum(incident.kind is BehaviourKind.SEXUAL_OFFENCE for incident in first)

    assert first == again != other
    assert 150 < sexual < 250


def test_areas_other_than_derbyshires_stand_in_for_durham(tmp_path):
    path = a_file(tmp_path, HEAD + GOOD + "2023-05,Kent Police,0.5,51.2,Drugs\n" + "2023-05,,-1.4,52.9,Drugs\n")

    schemes = [incident.scheme for incident in read_incidents(path, seed=7, sexual_share=0.1).incidents]

    assert schemes == ["derbyshire", "durham", "durham"]
