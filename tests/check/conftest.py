"""Progress of the tests goes to a file of their own."""

import pytest

from dimlearn.check import progress_file


@pytest.fixture(autouse=True)
def own_progress(tmp_path, monkeypatch):
    monkeypatch.setenv("DIMLEARN_PROGRESS", str(tmp_path / progress_file.FILE))
    progress_file.forget_session()
