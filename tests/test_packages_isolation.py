"""The call log, the phone book and voice do not know Home Assistant, and of the integration little or nothing."""

from pathlib import Path
import re
import subprocess
import sys
from types import ModuleType

import pytest

from custom_components.coocenter import call_log, phone_book, voice

#: Each package, the fewest modules that it has, and what it may know of the integration.
PACKAGES = [(call_log, 10, {"pbx"}), (phone_book, 5, {"pbx"}), (voice, 5, set())]
#: The integration itself knows Home Assistant: it is stood in for by a package without a line of code.
PROGRAM = """
import importlib, sys, types
sys.modules["homeassistant"] = None
integration = sys.modules["coocenter"] = types.ModuleType("coocenter")
integration.__path__ = [sys.argv[1]]
for module in sys.argv[2:]:
    importlib.import_module(f"coocenter.{module}".removesuffix(".__init__"))
"""


@pytest.mark.parametrize(("package", "fewest", "known"), PACKAGES)
def test_a_package_without_home_assistant(package: ModuleType, fewest: int, known: set[str]) -> None:
    folder = Path(str(package.__file__)).parent
    files = sorted(folder.glob("*.py"))
    assert len(files) > fewest
    modules = [f"{folder.name}.{file.stem}" for file in files]
    command = [sys.executable, "-c", PROGRAM, str(folder.parent), *modules]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    for file in files:
        imported = re.findall(r"^from \.\.(\w*)", file.read_text(), re.MULTILINE)
        assert set(imported) <= known, file.name


@pytest.mark.parametrize("package", [package for package, *_ in PACKAGES])
def test_a_package_offers_what_it_says(package: ModuleType) -> None:
    assert [name for name in package.__all__ if not hasattr(package, name)] == []
