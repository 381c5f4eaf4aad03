"""Print what a Home Assistant asks for of the packages that pyproject.toml pins for its components, as requirements.

Its folder is the only argument. The names are ours, since what else its components need is built with a compiler or of
no use to us; the versions are its own.
"""

from collections.abc import Iterator
import json
from pathlib import Path
import sys
import tomllib

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
# What releases after the pinned one need besides: to be pinned in pyproject.toml with the first of them.
SINCE = {"aiohasupervisor"}


def newest_pins(home_assistant: Path) -> list[str]:
    """Return a requirement for each name, in the order of the names; of what is no longer asked for, none."""
    groups = tomllib.loads((ROOT / "pyproject.toml").read_text())["dependency-groups"]
    names = {canonicalize_name(Requirement(line).name) for line in (*groups["components"], *SINCE)}
    asked = {canonicalize_name(one.name): str(one) for one in _asked(home_assistant)}
    return [asked[name] for name in sorted(names & asked.keys())] + _ours()


def _asked(home_assistant: Path) -> Iterator[Requirement]:
    for path in sorted(home_assistant.glob("components/*/manifest.json")):
        # Requirements of a repository have no version that could be asked for.
        lines = json.loads(path.read_text()).get("requirements", [])
        yield from (Requirement(line) for line in lines if "@" not in line)
    # Last, because they bind the manifests too.
    lines = (home_assistant / "package_constraints.txt").read_text().splitlines()
    yield from (Requirement(line) for line in lines if line and not line.startswith("#"))


def _ours() -> list[str]:
    manifest = json.loads((ROOT / "custom_components/coocenter/manifest.json").read_text())
    return list(manifest["requirements"])


if __name__ == "__main__":
    sys.stdout.write("\n".join(newest_pins(Path(sys.argv[1]))) + "\n")
