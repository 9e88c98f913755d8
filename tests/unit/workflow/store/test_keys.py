from uuid import RFC_4122

import pytest
from cryptography.exceptions import InvalidTag

from tests.builders.kept_cases import an_id
from workflow.store.keys import KeyedIds, MasterKeys
from workflow.store.sealing import Sealer, open_fields, seal_fields

KEYS = MasterKeys(bytes(range(32)))
PERSON = an_id("person")


def test_an_id_is_the_same_for_the_same_parts_and_another_under_another_key():
    ids, others = KeyedIds(KEYS), KeyedIds(MasterKeys(bytes(32)))

    assert ids.derive("a", "b") == ids.derive("a", "b")
    assert len({ids.derive("ab", "c"), ids.derive("a", "bc"), ids.derive("abc"), others.derive("ab", "c")}) == 4


def test_an_id_is_a_uuid_of_version_8():
    derived = KeyedIds(KEYS).derive("study", "evaluation")

    assert (derived.version, derived.variant) == (8, RFC_4122)


def test_a_fingerprint_is_no_bare_hash_and_no_id():
    ids, others = KeyedIds(KEYS), KeyedIds(MasterKeys(bytes(32)))

    assert ids.fingerprint(b"x") == ids.fingerprint(b"x") != others.fingerprint(b"x")


def test_a_master_key_of_the_wrong_length_is_refused_and_never_shown():
    with pytest.raises(ValueError, match="32 bytes"):
        MasterKeys(b"short")
    assert "\\x01" not in repr(KEYS)


def test_a_seal_opens_at_its_own_place_only():
    sealer = Sealer(KEYS)
    key = sealer.opened_key("derbyshire", PERSON, sealer.new_key("derbyshire", PERSON).wrapped)
    sealed = seal_fields(key, b"value", "derbyshire", str(PERSON), "note", "1")

    assert open_fields(key, sealed, "derbyshire", str(PERSON), "note", "1") == b"value"
    with pytest.raises(InvalidTag):
        open_fields(key, sealed, "derbyshire", str(PERSON), "note", "2")


def test_a_persons_key_cannot_be_put_in_anothers_place():
    sealer = Sealer(KEYS)
    wrapped = sealer.new_key("derbyshire", PERSON).wrapped

    with pytest.raises(InvalidTag):
        sealer.opened_key("derbyshire", an_id("other"), wrapped)
    with pytest.raises(InvalidTag):
        Sealer(MasterKeys(bytes(32))).opened_key("derbyshire", PERSON, wrapped)
