"""Write the configuration folder of a Home Assistant that listens on loopback only."""

import json
from pathlib import Path
from typing import Any

from scripts.demo.child import LOOPBACK

ROOT = Path(__file__).parents[2]
COMPONENT = ROOT / "custom_components" / "coocenter"
BLUEPRINTS = ROOT / "blueprints" / "automation" / "coocenter"

# What an office needs of default_config. Its other parts look for devices in the network, talk to a cloud
# or need packages with a compiler. `frontend` and what it depends on are always loaded.
YAML = """\
homeassistant:
  name: Call centre
  latitude: 51.5
  longitude: -0.12
  elevation: 0
  unit_system: metric
  time_zone: {time_zone}
  media_dirs:
    # In a container Home Assistant would take /media.
    local: {media}
  currency: GBP
  country: GB
  internal_url: http://{host}:{port}
  external_url: http://{host}:{port}
assist_pipeline:
automation: !include automations.yaml
backup:
config:
conversation:
history:
logbook:
  exclude:
    entity_globs: [sensor.*_last_push]
input_boolean:
  lamp:
    name: Lamp switch
media_source:
mobile_app:
recorder:
  commit_interval: 1
  exclude:
    event_types: [coocenter_event]
scene:
# Something that a blueprint can flash.
template:
  - light:
      - name: Lamp
        default_entity_id: light.lamp
        state: "{{{{ is_state('input_boolean.lamp', 'on') }}}}"
        turn_on:
          action: input_boolean.turn_on
          target:
            entity_id: input_boolean.lamp
        turn_off:
          action: input_boolean.turn_off
          target:
            entity_id: input_boolean.lamp
webhook:
logger:
  default: {log_level}
  # Always loaded, and looking for a program and a library that an office needs not. What is left is worth reading.
  logs:
    haffmpeg: fatal
    homeassistant.components.camera.img_util: fatal
"""


def write_config(config_dir: Path, port: int, log_level: str = "warning", yaml: str = YAML) -> None:
    """Write what is missing of a configuration folder; what Home Assistant has stored there stays."""
    storage = config_dir / ".storage"
    storage.mkdir(parents=True, exist_ok=True)
    media = config_dir.absolute() / "media"
    media.mkdir(exist_ok=True)
    zone = _local_time_zone()
    text = yaml.format(host=LOOPBACK, port=port, log_level=log_level, time_zone=zone, media=json.dumps(str(media)))
    (config_dir / "configuration.yaml").write_text(text)
    # Where Home Assistant's editor writes what is made in it.
    (config_dir / "automations.yaml").touch()
    # `http:` in YAML would only become a trial which Home Assistant takes back, with a restart, after five minutes.
    _store(storage, "http", (2, 2), {"stable": _http(port), "pending": None, "yaml_migration_done": True})
    # The step of the user is done over HTTP. The others would start flows of integrations that need the internet.
    _store(storage, "onboarding", (4, 1), {"done": ["core_config", "analytics", "integration"]})
    _link(config_dir / "custom_components" / COMPONENT.name, COMPONENT)
    # One by one: Home Assistant does not look for blueprints behind a link to a folder.
    for blueprint in BLUEPRINTS.glob("*.yaml"):
        _link(config_dir / "blueprints" / "automation" / BLUEPRINTS.name / blueprint.name, blueprint)


def _link(link: Path, target: Path) -> None:
    link.parent.mkdir(parents=True, exist_ok=True)
    if not link.is_symlink() or link.readlink() != target:
        link.unlink(missing_ok=True)  # it may point to where the project was once
        link.symlink_to(target, target_is_directory=target.is_dir())


def _store(storage: Path, key: str, version: tuple[int, int], data: dict[str, Any]) -> None:
    path = storage / key
    if not path.exists():
        content = {"version": version[0], "minor_version": version[1], "key": key, "data": data}
        path.write_text(json.dumps(content))


def _http(port: int) -> dict[str, Any]:
    return {
        "server_host": [LOOPBACK],
        "server_port": port,
        "cors_allowed_origins": [],
        "login_attempts_threshold": -1,
        "ip_ban_enabled": False,
        "ssl_profile": "modern",
        "use_x_frame_options": True,
        "created_at": "2026-01-01T00:00:00+00:00",
        "error": None,
        "error_message": None,
    }


def _local_time_zone() -> str:
    # The PBX speaks local time without a zone, and so does its simulator: the clock of this machine.
    _, found, name = str(Path("/etc/localtime").resolve()).partition("zoneinfo/")
    return name if found else "UTC"
