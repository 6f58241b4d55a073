import platform

import pytest


@pytest.fixture(autouse=True)
def linux_on_x86_64():
    if (platform.system(), platform.machine()) != ("Linux", "x86_64"):
        pytest.skip("needs Linux on x86-64")
