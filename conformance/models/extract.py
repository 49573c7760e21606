"""Writes the contract of a service, as botocore models it, in a form made to be compared.

    python extract.py secretsmanager sts kms iam cloudwatch

A file is named as its service signs.

One operation or shape a line, keys sorted, documentation left out, so that a
new model shows as a readable diff.
"""

import json
import sys
from pathlib import Path

import botocore
from botocore.loaders import Loader

# What a server must know about a shape; traits that only concern clients stay out.
CONSTRAINTS = ("min", "max", "pattern", "enum", "sensitive", "box", "timestampFormat", "flattened")


def contract(service):
    """The whole model of one service, reduced."""
    model = Loader().load_service_model(service, "service-2")
    metadata = model["metadata"]
    return {
        "botocore": botocore.__version__,
        "apiVersion": metadata["apiVersion"],
        "protocol": metadata["protocol"],
        "signingName": metadata.get("signingName", metadata["endpointPrefix"]),
        **{key: metadata[key] for key in ("targetPrefix", "xmlNamespace") if key in metadata},
        "operations": {
            name: operation(described) for name, described in model["operations"].items()
        },
        "shapes": {name: shape(described) for name, described in model["shapes"].items()},
    }


def operation(described):
    """Input and output by shape name, errors by code, and where the request goes."""
    reduced = {
        "errors": sorted(error["shape"] for error in described.get("errors", [])),
        "http": f"{described['http']['method']} {described['http']['requestUri']}",
    }
    for side in ("input", "output"):
        if side in described:
            reduced[side] = described[side]["shape"]
    if described.get("authtype") == "none":
        reduced["unsigned"] = True
    return reduced


def shape(described):
    """Type, constraints, members or items, and what an error says on the wire."""
    reduced = {"type": described["type"]}
    reduced |= {key: described[key] for key in CONSTRAINTS if key in described}
    if described["type"] == "structure":
        reduced["members"] = {
            name: member(declared) for name, declared in described["members"].items()
        }
        reduced["required"] = sorted(described.get("required", []))
    elif described["type"] == "list":
        reduced["member"] = described["member"]["shape"]
    elif described["type"] == "map":
        reduced["key"], reduced["value"] = (described[side]["shape"] for side in ("key", "value"))
    if described.get("exception"):
        error = described.get("error", {})
        reduced["error"] = {key: error[key] for key in ("code", "httpStatusCode") if key in error}
        if described.get("fault"):
            reduced["error"]["fault"] = True
    return reduced


def member(declared):
    """A member's shape, and what is special about it; just the name if nothing is."""
    special = {
        key: declared[key]
        for key in ("idempotencyToken", "location", "locationName", "deprecated")
        if key in declared
    }
    return {"shape": declared["shape"], **special} if special else declared["shape"]


def text(reduced):
    """JSON with one line for each operation and each shape."""

    def line(value):
        return json.dumps(value, sort_keys=True, separators=(",", ":"))

    parts = []
    for key, value in reduced.items():
        if key in ("operations", "shapes"):
            rows = ",\n".join(f"{line(name)}:{line(value[name])}" for name in sorted(value))
            parts.append(f"{line(key)}:{{\n{rows}\n}}")
        else:
            parts.append(f"{line(key)}:{line(value)}")
    return "{\n" + ",\n".join(parts) + "\n}\n"


if __name__ == "__main__":
    for wanted in sys.argv[1:]:
        reduced = contract(wanted)
        target = Path(__file__).with_name(f"{reduced['signingName']}.json")
        target.write_text(text(reduced), encoding="utf-8")
