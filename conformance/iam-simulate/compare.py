"""Says where our engine and iam-simulate disagree, and fails where nobody has said why.

    node answer.mjs 6000 1 | python3 compare.py

Ours is `cargo build -p strongroom-policy --example decide_cases`; DECIDE_CASES names another.
What is explained here stands in docs/divergences.md.
"""

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
OURS = os.environ.get("DECIDE_CASES", REPOSITORY / "target/debug/examples/decide_cases")
WORDS = {"Allowed": "allow", "ExplicitlyDenied": "explicit", "ImplicitlyDenied": "implicit"}


def explanation(case, mine, theirs):
    """Why the answers differ, if that is known."""
    statements = [
        statement for document in documents(case) for statement in document["Statement"]
    ]
    if mine.startswith("explicit") and any(
        "${aws:username}" in json.dumps(statement.get("NotResource", ""))
        for statement in statements
    ):
        if "aws:username" not in case["context"]:
            return "a Deny with a NotResource whose variable has no value applies"
    if case.get("session") and (mine, theirs) == ("allow", "implicit"):
        return "a resource policy for the session, or for everybody, passes the session policy"
    if any(
        "Not" in operator and "${" in json.dumps(values)
        for statement in statements
        for operator, values in statement.get("Condition", {}).items()
    ):
        return "what a variable without a value stands for is not equal to anything"
    if ":" in case["context"].get("aws:SourceIp", "") and any(
        operator.startswith("NotIpAddress")
        for statement in statements
        for operator in statement.get("Condition", {})
    ):
        return "an IPv6 address is in no IPv4 range"
    return None


def documents(case):
    """Every policy of a case."""
    levels = [document for level in case.get("service_control", []) for document in level]
    own = [case.get("boundary"), case.get("resource_policy")]
    return [
        document
        for document in [*case["identity"], *case.get("session", []), *levels, *own]
        if document
    ]


def main():
    answered = [json.loads(line) for line in sys.stdin]
    asked = "".join(json.dumps(one["case"]) + "\n" for one in answered)
    done = subprocess.run([OURS], input=asked, capture_output=True, text=True, check=True)
    tally, explained, unexplained = Counter(), Counter(), 0
    for one, mine in zip(answered, done.stdout.splitlines(), strict=True):
        theirs = WORDS.get(one["answer"], one["answer"])
        tally[theirs] += 1
        # The kind of policy that denies is in our answer only.
        if mine.split()[0] == theirs:
            continue
        why = explanation(one["case"], mine, theirs)
        if why:
            explained[why] += 1
        else:
            unexplained += 1
            print(json.dumps({"ours": mine, "theirs": theirs, "case": one["case"]}))
    print(f"answers: {dict(tally)}", file=sys.stderr)
    for why, count in explained.most_common():
        print(f"{count} differ: {why}", file=sys.stderr)
    print(f"{unexplained} differ for no known reason", file=sys.stderr)
    return 1 if unexplained else 0


if __name__ == "__main__":
    sys.exit(main())
