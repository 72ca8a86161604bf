"""What the tests of the portal share."""

import shutil
import tempfile
from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def open_folder():
    """pytest's own folders are closed to everybody else, and PostgreSQL may run as somebody else."""
    folder = Path(tempfile.mkdtemp(prefix="thuisbalie-open-"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder)
