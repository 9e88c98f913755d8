"""What is wrong with a value by a document of ours: JSON Schema 2020-12, and what no schema names is wrong too."""

import json

from jsonschema_rs import Draft202012Validator

SENT = {"example", "examples", "default", "const", "enum"}
"""Under these words stand values and no schemas."""


class Published:
    """A document, and the schemas in it that refer to one another."""

    def __init__(self, document):
        self._document = closed(document)
        self._known = {}

    def faults(self, schema, value):
        """What is wrong with a value, by place; a format that the library does not know is an error."""
        told = json.dumps(schema, sort_keys=True)
        if told not in self._known:
            whole = self._document | closed(schema)
            self._known[told] = Draft202012Validator(whole, validate_formats=True, ignore_unknown_formats=False)
        return [f"{one.instance_path}: {one.message}" for one in self._known[told].iter_errors(value)]


def closed(told):
    """The same schemas, each of them shut to fields that it does not name unless it says what others must be."""
    if isinstance(told, list):
        return [closed(one) for one in told]
    if not isinstance(told, dict):
        return told
    inner = {word: one if word in SENT else closed(one) for word, one in told.items()}
    return {"additionalProperties": False} | inner if "properties" in inner else inner
