"""Writes cases.md from the tests, or with --check says whether it is up to date.

The tests are the list; this page is how people read it. A number is never
given to another case: a case that is dropped takes its number with it.
"""

import ast
import re
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
PAGE = HERE / "cases.md"

HEAD = """# Cases

What the suites hold a server to, and where each expectation comes from. Written by `cases.py`
from the tests; `README.md` says what the sources are worth.
"""


def evidence():
    """The names that tests use for sources, and what they stand for."""
    tree = ast.parse((HERE / "evidence.py").read_text(encoding="utf-8"))
    return {
        node.targets[0].id: node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
    }


def python_cases(path, sources):
    """(title, [(number, sentence, source)]) of a pytest file."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    cases = []
    for node in tree.body:
        if not isinstance(node, ast.FunctionDef) or not node.name.startswith("test_"):
            continue
        marks = [
            mark
            for mark in node.decorator_list
            if isinstance(mark, ast.Call) and getattr(mark.func, "id", "") == "case"
        ]
        if len(marks) != 1:
            sys.exit(f"{path}: {node.name} belongs to {len(marks)} cases, and not to one")
        number, source = marks[0].args
        sentence = node.name.removeprefix("test_").replace("_", " ")
        cases.append((number.value, sentence, sources[source.id]))
    return ast.get_docstring(tree).partition("\n")[0], cases


def node_cases(path):
    """The same of a node:test file, where a comment names the source."""
    text = path.read_text(encoding="utf-8")
    title = re.search(r"^// ([^.]*\.)", text, re.MULTILINE)[1]
    found = re.findall(r"// Source: (.+)\n\s*test\('(\S+) (.+)',", text)
    if len(found) != len(re.findall(r"^\s*test\(", text, re.MULTILINE)):
        sys.exit(f"{path}: a test has no number or no source")
    return title, [(number, sentence, source) for source, number, sentence in found]


def page():
    """The whole of cases.md."""
    sources = evidence()
    groups = [python_cases(path, sources) for path in sorted(HERE.glob("python/test_*.py"))]
    groups.sort(key=lambda group: group[1][0])
    groups += [python_cases(path, sources) for path in sorted(HERE.glob("awscli/test_*.py"))]
    groups += [python_cases(path, sources) for path in sorted(HERE.glob("clients/python/test_*.py"))]
    groups += [python_cases(path, sources) for path in sorted(HERE.glob("agent/test_*.py"))]
    groups += [python_cases(path, sources) for path in sorted(HERE.glob("agent/sdks/test_*.py"))]
    groups += [python_cases(path, sources) for path in sorted(HERE.glob("go/test_*.py"))]
    groups += [node_cases(path) for path in sorted(HERE.glob("node/test/*.test.js"))]
    numbers = [number for _, cases in groups for number, _, _ in cases]
    twice = {number for number in numbers if numbers.count(number) > 1}
    if twice:
        sys.exit(f"given to two cases: {', '.join(sorted(twice))}")
    parts = [HEAD]
    for title, cases in groups:
        rows = "\n".join(f"| {number} | {text} | {source} |" for number, text, source in cases)
        parts.append(
            f"## {title.rstrip('.')}\n\n| Case | What | Source |\n| --- | --- | --- |\n{rows}\n"
        )
    return "\n".join(parts)


if __name__ == "__main__":
    if sys.argv[1:] == ["--check"]:
        if PAGE.read_text(encoding="utf-8") != page():
            sys.exit("cases.md is not what the tests say; run: python conformance/cases.py")
    else:
        PAGE.write_text(page(), encoding="utf-8")
