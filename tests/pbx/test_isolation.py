"""The protocol package does not know Home Assistant."""

from pathlib import Path
import subprocess
import sys

from custom_components.coocenter import pbx

PACKAGE = Path(pbx.__file__).parent
MODULES = sorted(".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts) for path in PACKAGE.rglob("*.py"))

PROGRAM = """
import importlib, sys
# Behind the others: the integration has modules that are called as those of the standard library.
sys.path.append(sys.argv[1])
sys.modules["homeassistant"] = None
for module in sys.argv[2:]:
    importlib.import_module(module.removesuffix(".__init__"))
"""


def test_every_module_is_imported_without_home_assistant() -> None:
    assert len(MODULES) > 10
    command = [sys.executable, "-c", PROGRAM, str(PACKAGE.parent), *MODULES]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr


def test_the_package_offers_what_it_says() -> None:
    assert sorted(pbx.__all__) == sorted({name for name in pbx.__all__ if hasattr(pbx, name)})
