"""The program of an SDK that is tried."""

import shlex

import pytest


def pytest_addoption(parser):
    parser.addoption("--program", required=True, help="the command that reads a secret")


@pytest.fixture
def program(request):
    return shlex.split(request.config.getoption("--program"))
