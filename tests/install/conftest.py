import shutil

import pytest
from project import CONSUMERS, TREE, needs, run


@pytest.fixture(scope="session")
def prefix(tmp_path_factory):
    """The library, installed from build/release and moved since. Tests must not change it."""
    needs("cc", "cmake", "pkg-config")
    folder = tmp_path_factory.mktemp("installed")
    run("cmake --install", TREE, "--prefix", folder / "before")
    return (folder / "before").rename(folder / "prefix")


@pytest.fixture
def app(tmp_path):
    """A folder with app.c in it."""
    shutil.copy(CONSUMERS / "app.c", tmp_path)
    return tmp_path
