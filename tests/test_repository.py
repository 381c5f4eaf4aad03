"""What the repository promises about itself, beside its code."""

import json
from pathlib import Path
import re
import subprocess
import tomllib
from typing import Any

import homeassistant
from homeassistant.const import __version__
from homeassistant.util.yaml import load_yaml_dict
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version
from PIL import Image
import pytest

ROOT = Path(__file__).parents[1]
HOME_ASSISTANT = Path(homeassistant.__file__).parent
COMPONENT = ROOT / "custom_components" / "coocenter"
REPOSITORY = "https://github.com/zycoo-coocenter/home-assistant-coocenter"

# The brackets keep these lines from matching themselves.
FORBIDDEN = {
    "a registry's host": re.compile(r"[p]ypi\.org|[p]ythonhosted|[n]pmjs\."),
    "a download": re.compile(r"https?://\S+\.(?:whl|deb|tgz|tar\.gz)\b"),
    "a path of one machine": re.compile(r"(?<![\w.}])/(?:work|farm|home|root|Users)/"),
}
LOCK_FILES = {"uv.lock", "pylock.toml", "poetry.lock", "Pipfile.lock", "requirements.txt"}

HACS_KEYS = {
    "content_in_root",
    "country",
    "filename",
    "hacs",
    "hide_default_branch",
    "homeassistant",
    "name",
    "persistent_directory",
    "render_readme",
    "zip_release",
}
MANIFEST_KEYS = {
    "after_dependencies",
    "codeowners",
    "config_flow",
    "dependencies",
    "dhcp",
    "documentation",
    "domain",
    "integration_type",
    "iot_class",
    "issue_tracker",
    "loggers",
    "name",
    "quality_scale",
    "requirements",
    "single_config_entry",
    "version",
}
MANIFEST_NEEDS = {"codeowners", "documentation", "domain", "issue_tracker", "name", "version"}


def of_repository() -> list[Path]:
    """Return the files that are, or would be, in a commit."""
    listed = subprocess.run(
        ["/usr/bin/env", "git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    names = listed.stdout.split("\0")
    return [path for name in names if name and (path := ROOT / name).is_file()]


def texts() -> dict[Path, str]:
    return {path: path.read_text() for path in of_repository() if b"\0" not in path.read_bytes()}


def shell_scripts() -> list[Path]:
    return [path for path in of_repository() if path.parent.name in {"scripts", ".ci"} and path.suffix == ""]


def pyproject() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())


def pins(lines: list[str]) -> dict[str, set[str]]:
    """Return the exact versions by name, each of which somebody may pin differently."""
    found: dict[str, set[str]] = {}
    for line in lines:
        requirement = Requirement(line)
        for specifier in requirement.specifier:
            if specifier.operator == "==":
                found.setdefault(canonicalize_name(requirement.name), set()).add(specifier.version)
    return found


def constraints() -> dict[str, set[str]]:
    lines = (HOME_ASSISTANT / "package_constraints.txt").read_text().splitlines()
    return pins([line for line in lines if line and not line.startswith("#")])


def manifest_pins() -> dict[str, set[str]]:
    manifests = [json.loads(path.read_text()) for path in HOME_ASSISTANT.glob("components/*/manifest.json")]
    requirements = [line for manifest in manifests for line in manifest.get("requirements", [])]
    return pins([line for line in requirements if "@" not in line])


def test_the_components_are_pinned_to_what_home_assistant_asks_for() -> None:
    asked = manifest_pins() | constraints()
    ours = pins(pyproject()["dependency-groups"]["components"])
    assert len(ours) == len(pyproject()["dependency-groups"]["components"]), "each needs an exact pin"
    assert {name: versions for name, versions in ours.items() if asked.get(name) != versions} == {}


def test_every_tool_is_pinned_and_home_assistant_is_the_installed_one() -> None:
    groups = pyproject()["dependency-groups"]
    lines = [line for group in groups.values() for line in group if isinstance(line, str)]
    assert len(pins(lines)) == len(lines)
    assert pins(lines)["homeassistant"] == {__version__}


def test_setup_gets_the_uv_that_home_assistant_pins() -> None:
    assert set(re.findall(r"uv==([\d.]+)", (ROOT / "scripts/setup").read_text())) == constraints()["uv"]


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_file_names(what: str) -> None:
    hits = [
        f"{path.relative_to(ROOT)}: {line.strip()}"
        for path, text in texts().items()
        for line in text.splitlines()
        if FORBIDDEN[what].search(line)
    ]
    assert hits == []


def test_no_lock_file_stands_beside_the_pins() -> None:
    assert {path.name for path in of_repository()} & LOCK_FILES == set()


def test_scripts_can_be_run_and_parse() -> None:
    assert {path.name for path in shell_scripts()} >= {"setup", "develop", "test", "databases", "lint", "run"}
    for path in shell_scripts():
        text = path.read_text()
        assert path.stat().st_mode & 0o111 == 0o111, f"{path} is not executable"
        assert text.startswith("#!/usr/bin/env bash\n"), path
        assert "\nset -euo pipefail\n" in text, path
        parsed = subprocess.run(["/bin/bash", "-n"], input=text, check=False, capture_output=True, text=True)
        assert parsed.stderr == "", path


def test_hacs_knows_every_key() -> None:
    hacs = json.loads((ROOT / "hacs.json").read_text())
    assert set(hacs) <= HACS_KEYS
    assert hacs["name"]
    assert Version(hacs["homeassistant"]) <= Version(__version__)


def test_manifest_is_what_hassfest_and_hacs_ask_for() -> None:
    manifest = json.loads((COMPONENT / "manifest.json").read_text())
    assert MANIFEST_NEEDS <= set(manifest) <= MANIFEST_KEYS
    assert list(manifest) == ["domain", "name", *sorted(set(manifest) - {"domain", "name"})]
    assert manifest["domain"] == COMPONENT.name
    assert manifest["version"] == pyproject()["project"]["version"]
    assert manifest["documentation"] == REPOSITORY
    assert manifest["issue_tracker"] == f"{REPOSITORY}/issues"


def test_what_the_integration_requires_is_installed_for_the_tests() -> None:
    manifest = json.loads((COMPONENT / "manifest.json").read_text())
    groups = pyproject()["dependency-groups"]
    pinned = pins([line for group in groups.values() for line in group if isinstance(line, str)])
    required = pins(manifest.get("requirements", []))
    assert {name: versions for name, versions in required.items() if pinned.get(name) != versions} == {}


@pytest.mark.parametrize(
    ("name", "size"),
    [("icon.png", (256, 256)), ("icon@2x.png", (512, 512))],
)
def test_icon_has_the_size_that_home_assistant_asks_for(name: str, size: tuple[int, int]) -> None:
    with Image.open(COMPONENT / "brand" / name) as image:
        assert image.size == size
        assert image.mode == "RGBA"
        assert image.getpixel((0, 0)) == (0, 0, 0, 0), "the corners are transparent"


@pytest.mark.parametrize("prefix", ["", "dark_"])
def test_logo_is_trimmed_and_comes_in_two_sizes(prefix: str) -> None:
    with (
        Image.open(COMPONENT / "brand" / f"{prefix}logo.png") as logo,
        Image.open(COMPONENT / "brand" / f"{prefix}logo@2x.png") as twice,
    ):
        assert logo.getbbox() == (0, 0, *logo.size)
        assert 128 <= min(logo.size) < 256 <= min(twice.size) <= 512


def test_links_between_documents_lead_somewhere() -> None:
    documents = [path for path in of_repository() if path.suffix == ".md"]
    assert documents
    links = [
        (path, link)
        for path in documents
        for link in re.findall(r"\]\(([^)#\s]+)[^)]*\)", path.read_text())
        if "://" not in link and not link.startswith("mailto:")
    ]
    assert [f"{path.name}: {link}" for path, link in links if not (path.parent / link).exists()] == []


def test_workflows_run_what_a_developer_runs_with_no_more_rights_than_reading() -> None:
    workflows = {path.name: load_yaml_dict(str(path)) for path in (ROOT / ".github/workflows").glob("*.yml")}
    assert any(step.get("run") == ".ci/run" for step in workflows["ci.yml"]["jobs"]["test"]["steps"])
    for workflow in workflows.values():
        scopes = [workflow["permissions"], *(job.get("permissions", {}) for job in workflow["jobs"].values())]
        assert {right for scope in scopes for right in scope.values()} <= {"read"}
