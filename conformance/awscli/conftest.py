"""A shell in which `aws` talks to the server under test, and nothing else of the machine's AWS setup."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from server import running


@pytest.fixture(scope="session")
def shell(tmp_path_factory):
    """Runs a script with bash and answers what it did; a failing pipe fails the script."""
    home = tmp_path_factory.mktemp("home")
    # The `aws` of requirements.txt, before any other.
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    for tool in ("aws", "bash", "jq"):
        if shutil.which(tool, path=path) is None:
            pytest.exit(f"this suite needs {tool}", returncode=3)
    with running(home) as url:
        environment = {
            "PATH": path,
            "HOME": str(home),
            "LC_ALL": "C.UTF-8",
            "AWS_ENDPOINT_URL": url,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_REGION": "us-east-1",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_MAX_ATTEMPTS": "1",
        }

        def shell(script):
            return subprocess.run(
                ["bash", "-o", "pipefail", "-c", script],
                env=environment,
                capture_output=True,
                text=True,
                timeout=60,
                check=False,
            )

        yield shell
