"""Where an expectation comes from, strongest first, and the pytest plugin that says so."""

import pytest

SNAPSHOT = "LocalStack AWS-validated snapshot"
VERIFIED = "moto test verified against AWS"
MODEL = "botocore model"
USER_GUIDE = "AWS user guide"
CLI_EXAMPLE = "AWS CLI example output"
ISSUE = "AWS reply quoted in a public issue"
TERRAFORM = "Terraform AWS provider"
PUBLIC_OUTPUT = "AWS output published by a user"
PROTOCOL = "AWS protocol documentation"
SECOND_HAND = "third-party test that quotes AWS"
TUTORIAL = "published tutorial"
INFERRED = "inferred"


def case(number, source):
    """Marks a test with its case number and the source of what it expects."""
    return pytest.mark.case(number, source)


def pytest_collection_modifyitems(items):
    for item in items:
        marker = item.get_closest_marker("case")
        if marker is not None and marker.args[1] == INFERRED:
            item.add_marker(pytest.mark.inferred)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    marker = item.get_closest_marker("case")
    if report.failed and marker is not None:
        report.sections.append(("expectation", "{}: {}".format(*marker.args)))
    return report
