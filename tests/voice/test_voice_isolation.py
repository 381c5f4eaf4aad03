"""Voice does not know Home Assistant, and nothing else of the integration."""

from pathlib import Path
import re
import subprocess
import sys

from custom_components.coocenter import voice

PACKAGE = Path(voice.__file__).parent
MODULES = sorted(path.stem for path in PACKAGE.glob("*.py"))

#: The integration itself knows Home Assistant: it is stood in for by a package without a line of code.
PROGRAM = """
import importlib, sys, types
sys.modules["homeassistant"] = None
integration = sys.modules["coocenter"] = types.ModuleType("coocenter")
integration.__path__ = [sys.argv[1]]
for module in sys.argv[2:]:
    importlib.import_module(f"coocenter.voice.{module}".removesuffix(".__init__"))
"""


def test_every_module_is_imported_without_home_assistant() -> None:
    assert len(MODULES) > 5
    command = [sys.executable, "-c", PROGRAM, str(PACKAGE.parent), *MODULES]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr


def test_it_imports_nothing_else_of_the_integration() -> None:
    for module in MODULES:
        imported = re.findall(r"^from \.\.(\w*)", (PACKAGE / f"{module}.py").read_text(), re.MULTILINE)
        assert imported == [], module


def test_the_package_offers_what_it_says() -> None:
    assert sorted(voice.__all__) == sorted({name for name in voice.__all__ if hasattr(voice, name)})
