"""What `scripts/test --newest` installs, and that somebody runs it."""

from pathlib import Path
import tomllib

import homeassistant
from homeassistant.util.yaml import load_yaml_dict
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

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


def _canonical(line: str) -> tuple[str, str]:
    requirement = Requirement(line)
    return canonicalize_name(requirement.name), str(requirement.specifier)
