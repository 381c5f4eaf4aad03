"""What `scripts/test --newest` installs, and that somebody runs it."""

import os
from pathlib import Path
import shutil
import subprocess
import tomllib
from zipfile import ZipFile

import homeassistant
from homeassistant.util.yaml import load_yaml_dict
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
import pytest

from scripts.demo.newest_pins import ROOT, SINCE, newest_pins


def test_of_the_pinned_home_assistant_it_would_be_what_is_pinned() -> None:
    groups = tomllib.loads((ROOT / "pyproject.toml").read_text())["dependency-groups"]
    pinned = {_canonical(line) for line in groups["components"] + groups["integration"]}
    found = {_canonical(line) for line in newest_pins(Path(homeassistant.__file__).parent)}
    assert {(name, versions) for name, versions in found if name not in SINCE} == pinned
    assert {name for name, _ in found} >= SINCE


def test_it_is_run_each_night() -> None:
    workflow = load_yaml_dict(str(ROOT / ".github/workflows/newest.yml"))
    # YAML takes the word for a truth.
    assert [one["cron"].split()[2:] for one in workflow[True]["schedule"]] == [["*", "*", "*"]]
    assert "scripts/test --newest" in [step.get("run") for step in workflow["jobs"]["test"]["steps"]]


@pytest.mark.parametrize(
    ("python", "said"),
    [
        ("3.14", "what Home Assistant 2.0 and the integration ask for do not go together"),
        ("3.15", "homeassistant==2.0 is out and needs a newer Python than .venv, which gets 1.0: raise"),
    ],
)
def test_an_older_release_is_not_taken_for_the_newest(tmp_path: Path, python: str, said: str) -> None:
    """By an index that has nothing else, so that it goes no further."""
    releases = {"1.0": "3.14", "2.0": python, "3.0b1": "3.14"}
    index = tmp_path / "index/homeassistant"
    index.mkdir(parents=True)
    links = [_release(index, version, needs) for version, needs in releases.items()]
    (index / "index.html").write_text("".join(links))
    (tmp_path / "scripts").mkdir()
    shutil.copy(ROOT / "scripts/newest", tmp_path / "scripts/newest")
    for name in (".venv", "pyproject.toml", "custom_components", "scripts/demo"):
        (tmp_path / name).symlink_to(ROOT / name)
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "UV_DEFAULT_INDEX": index.parent.as_uri()}
    ran = subprocess.run([tmp_path / "scripts/newest"], env=environment, capture_output=True, text=True, check=False)
    assert (ran.returncode, said in ran.stderr) == (1, True), ran.stderr


def _release(index: Path, version: str, python: str) -> str:
    """Make a Home Assistant of nothing but its metadata, and return what an index says of it."""
    name, about = f"homeassistant-{version}-py3-none-any.whl", f"homeassistant-{version}.dist-info"
    with ZipFile(index / name, "w") as wheel:
        wheel.writestr("homeassistant/package_constraints.txt", "")
        metadata = f"Metadata-Version: 2.1\nName: homeassistant\nVersion: {version}\nRequires-Python: >={python}\n"
        wheel.writestr(f"{about}/METADATA", metadata)
        wheel.writestr(f"{about}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{about}/RECORD", "")
    return f'<a href="{name}" data-requires-python="&gt;={python}">{name}</a>\n'


def _canonical(line: str) -> tuple[str, str]:
    requirement = Requirement(line)
    return canonicalize_name(requirement.name), str(requirement.specifier)
