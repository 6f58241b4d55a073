import importlib.util
import os

import pytest


def needs(module: str) -> None:
    """Skips what cannot be tested without a module; where CI is set, that is a failure."""
    if importlib.util.find_spec(module) is None:
        if os.environ.get("CI"):
            pytest.fail(f"needs {module}", pytrace=False)
        pytest.skip(f"needs {module}", allow_module_level=True)
