"""Every word that the integration shows is in its translations, and there is none that it does not show."""

import ast
from collections.abc import Iterator, Mapping
import json
from pathlib import Path
import re
from typing import Any

from homeassistant.const import CONF_OPTIONS, Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
import yaml

from custom_components.coocenter import config_flow, contact_flow, export, options, sentences
from custom_components.coocenter.call_log import Trouble
from custom_components.coocenter.condition import CONDITIONS
from custom_components.coocenter.const import CONF_DEVICE_EXTENSIONS, CONF_USER_EXTENSIONS, DOMAIN
from custom_components.coocenter.contacts import describe_contact
from custom_components.coocenter.pbx import Activity, Direction, Outcome
from custom_components.coocenter.phone_book import Contact, Fault
from custom_components.coocenter.statistics import STATISTICS
from custom_components.coocenter.trigger import TRIGGERS

COMPONENT = Path(__file__).parents[1] / "custom_components" / DOMAIN
ENGLISH: dict[str, Any] = json.loads((COMPONENT / "translations/en.json").read_text())
ICONS: dict[str, Any] = json.loads((COMPONENT / "icons.json").read_text())
SERVICES: dict[str, Any] = yaml.safe_load((COMPONENT / "services.yaml").read_text())
#: What Home Assistant says itself.
OF_CORE = {"reauth_successful", "reconfigure_successful"}
#: The units that it knows.
OF_ITSELF = {
    **dict.fromkeys(("longest_wait", "average_wait_today", "average_talk_today"), "s"),
    **dict.fromkeys(("answer_rate_today", "service_level_today"), "%"),
}


def calls(file: str | None = None) -> Iterator[tuple[str, dict[str, ast.expr], list[ast.expr]]]:
    """Yield each call in the integration's source: what is called, and with what."""
    for path in COMPONENT.rglob(file or "*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call):
                name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                yield name, {keyword.arg or "": keyword.value for keyword in node.keywords}, node.args


def texts(*nodes: ast.AST | None) -> set[str]:
    """Return the strings that stand in parts of the source."""
    inner = [node for outer in nodes if outer for node in ast.walk(outer)]
    return {node.value for node in inner if isinstance(node, ast.Constant) and isinstance(node.value, str)}


def said_in(file: str, function: str, argument: str) -> set[str]:
    """Return what a file gives a function for an argument."""
    return set().union(*(texts(given.get(argument)) for name, given, _ in calls(file) if name == function))


def flow_errors() -> set[str]:
    tree = ast.parse((COMPONENT / "config_flow.py").read_text())
    dicts = [node for node in ast.walk(tree) if isinstance(node, ast.Dict)]
    return set().union(*(texts(*node.values) for node in dicts if texts(*node.keys) == {"base"}))


def fields(name: str) -> set[str]:
    """Return the fields of a schema of the flows."""
    schema = {
        "user": config_flow._ADDRESS,
        "reauth_confirm": config_flow._REAUTH,
        "settings": options.options_schema({}, [], {}),
        "contacts": contact_flow._SEARCH,
        "choose_contact": contact_flow.choice([]),
        "add_contact": contact_flow._CONTACT,
        "edit_contact": contact_flow._CONTACT,
        "import_contacts": contact_flow._FILE,
    }
    return {str(key) for key in schema[name].schema}


def placeholders(text: str) -> set[str]:
    return set(re.findall(r"{(\w+)}", text))


def leaves(tree: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, str]]:
    for key, value in tree.items():
        if isinstance(value, Mapping):
            yield from leaves(value, f"{path}{key}.")
        else:
            yield f"{path}{key}", value


def test_the_steps_of_the_flows() -> None:
    forms = {"user": "user", "reconfigure": "user", "reauth_confirm": "reauth_confirm"}
    shown = said_in("config_flow.py", "async_show_form", "step_id")
    menus = said_in("config_flow.py", "async_show_menu", "step_id")
    steps = ENGLISH["config"]["step"]

    assert set(steps) == shown | menus
    for step in shown:
        expected = fields(forms[step]) if step in forms else set()
        assert set(steps[step].get("data", {})) == set(steps[step].get("data_description", {})) == expected, step
    for step in menus:
        assert set(steps[step]["menu_options"]) == said_in("config_flow.py", "async_show_menu", "menu_options")
    assert all(step["title"] for step in steps.values())


def test_the_steps_of_the_options() -> None:
    steps = ENGLISH["options"]["step"]
    forms = {"settings", "contacts", "choose_contact", "add_contact", "edit_contact", "import_contacts"}
    menus = {"init", "contact"}
    assert set(steps) == forms | menus | {"remove_contact", "import_preview"}
    assert all(step["title"] for step in steps.values())

    sections = {options.SECTION_CALL_LOG: options._CALL_LOG, options.SECTION_VOICE: options.voice_schema({}, {})}
    for step in forms:
        expected = fields(step) - sections.keys()
        assert set(steps[step]["data"]) == set(steps[step]["data_description"]) == expected, step
    assert set(steps["settings"]["sections"]) == sections.keys()
    for section, schema in sections.items():
        folded = steps["settings"]["sections"][section]
        assert set(folded["data"]) == set(folded["data_description"]) == {str(key) for key in schema.schema}

    assert set(steps["init"]["menu_options"]) == {"settings", "contacts", "add_contact", "import_contacts"}
    assert set(steps["init"]["menu_option_descriptions"]) == set(steps["init"]["menu_options"])
    offered = said_in("contact_flow.py", "async_show_menu", "menu_options")
    assert set(steps["contact"]["menu_options"]) == offered


def test_the_aborts_and_errors_of_the_options() -> None:
    files = {"file_too_large", "no_contacts", "import_outdated"}
    shown = {"cannot_open_database", "contact_deleted", "no_name", "nobody_found", "not_dialable", "too_long"}
    assert set(ENGLISH["options"]["error"]) == shown | files
    # Said once more, because an exception's own text is not what ends a dialog.
    keys = ("blacklist_not_changed", "cannot_be_blocked", "contact_deleted")
    assert ENGLISH["options"]["abort"] == {key: ENGLISH["exceptions"][key]["message"] for key in keys}


def test_the_progress_aborts_and_errors_of_the_flows() -> None:
    config = ENGLISH["config"]
    assert set(config["progress"]) == said_in("config_flow.py", "async_show_progress", "progress_action")
    assert set(config["error"]) == flow_errors()
    # _async_abort_entries_match and _abort_if_unique_id_configured give this reason.
    assert set(config["abort"]) == said_in("config_flow.py", "async_abort", "reason") | {"already_configured"}
    assert set(config) == {"abort", "error", "progress", "step"}
    assert not set(config["abort"]) & OF_CORE


def test_the_placeholders_of_the_flows_are_those_that_are_given() -> None:
    config = ENGLISH["config"]
    push = {"webhook_url", "host"}
    given = {"push": push, "missing": push, "reauth_confirm": {"title", "host"}}
    for step, words in config["step"].items():
        assert placeholders(json.dumps(words)) <= given.get(step, set()), step
    assert placeholders(config["progress"]["wait_for_push"]) == push
    lists = {"new_names", "changed_names", "problem_list"}
    given = {
        "settings": {"webhook_url"},
        "init": {"contacts"},
        "contact": {"name", "numbers"},
        "choose_contact": {"more"},
        "remove_contact": {"name"},
        "import_preview": {"new", "changed", "unchanged", "problems", *lists},
    }
    for step, words in ENGLISH["options"]["step"].items():
        assert placeholders(json.dumps(words)) == given.get(step, set()), step


async def test_the_actions(hass: HomeAssistant) -> None:
    assert await async_setup_component(hass, DOMAIN, {})
    registered = hass.services.async_services_for_domain(DOMAIN)

    assert set(registered) == set(SERVICES) == set(ENGLISH["services"]) == set(ICONS["services"])
    for name, words in ENGLISH["services"].items():
        accepted = {str(key) for key in registered[name].schema.schema}
        described = SERVICES[name]["fields"]
        assert set(words["fields"]) == set(described) == accepted, name
        required = {str(key) for key in registered[name].schema.schema if type(key).__name__ == "Required"}
        assert {field for field, about in described.items() if about.get("required")} == required, name
        assert all(field["name"] and field["description"] for field in words["fields"].values())


def test_the_selectors_of_the_actions() -> None:
    chosen: dict[str, set[str]] = {}
    for action in SERVICES.values():
        for field in action["fields"].values():
            if choose := field["selector"].get("choose"):
                chosen.setdefault(choose["translation_key"], set()).update(choose["choices"])

    choices = {name: set(words["choices"]) for name, words in ENGLISH["selector"].items() if "choices" in words}
    assert choices == chosen


@pytest.mark.parametrize(("kind", "classes"), [("triggers", TRIGGERS), ("conditions", CONDITIONS)])
def test_the_triggers_and_conditions(kind: str, classes: dict[str, Any]) -> None:
    described: dict[str, Any] = yaml.safe_load((COMPONENT / f"{kind}.yaml").read_text())
    assert set(described) == set(ENGLISH[kind]) == set(ICONS[kind]) == set(classes)
    selectors = {}
    for name, one in described.items():
        words = ENGLISH[kind][name]
        assert {"name", "description"} <= set(words)
        assert set(one["fields"]) == set(words["fields"])
        schema = getattr(classes[name], "schema", None)
        if schema:
            assert set(one["fields"]) == {str(key) for key in schema.schema[CONF_OPTIONS]}, name
        for field in one["fields"].values():
            select = field["selector"].get("select") or {}
            selectors.update({select["translation_key"]: set(select["options"])} if select else {})
    for key, options_of_it in selectors.items():
        assert set(ENGLISH["selector"][key]["options"]) == options_of_it


def test_the_words_of_the_selectors_the_logbook_and_the_statistics() -> None:
    options_said = {key: set(words["options"]) for key, words in ENGLISH["selector"].items() if "options" in words}
    folders = set(export.EXPORT[export.ATTR_FOLDER].container)
    assert options_said == {
        "direction": set(Direction),
        "outcome": set(Outcome),
        "folder": folders,
        "format": set(SERVICES["export_contacts"]["fields"]["format"]["selector"]["select"]["options"]),
    }
    numbers = SERVICES["add_contact"]["fields"]["numbers"]["selector"]["object"]
    fields_said = {key: set(words["fields"]) for key, words in ENGLISH["selector"].items() if "fields" in words}
    assert fields_said == {
        numbers["translation_key"]: set(numbers["fields"]),
        CONF_DEVICE_EXTENSIONS: {"device", "extension"},
        CONF_USER_EXTENSIONS: {"user", "extension"},
    }
    said = {
        text
        for file in ("sentences.py", "todo.py", "media_source.py", "media_folders.py", "contact_flow.py")
        for name, _, args in calls(file)
        if name == "say"
        for text in texts(*args)
    }
    outcomes = {f"logbook_{outcome}" for outcome in (*Outcome, "answered_by", "unknown")}
    said = (said - {"logbook_", "contact_", "contacts_"}) | outcomes | set(sentences._DETAILS.values())
    said |= set(sentences._GAPS.values())
    said |= {f"contact_{field}" for field in describe_contact(Contact(id="", name=""))} - {"contact_id"}
    said |= {f"contacts_{fault}" for fault in Fault}
    names = {f"statistics_{statistic.key}" for statistic in STATISTICS} | {"statistics_queue"}
    assert set(ENGLISH["common"]) == said | names


def test_the_errors_that_are_raised() -> None:
    tree = ast.parse((COMPONENT / "helpers.py").read_text())
    (by_type,) = (node.value for node in ast.walk(tree) if isinstance(node, ast.AnnAssign) and node.value)
    assert isinstance(by_type, ast.Dict)
    raised = texts(*by_type.values)
    for name, given, _ in calls():
        if name in {
            "HomeAssistantError",
            "ServiceValidationError",
            "ConfigEntryAuthFailed",
            "KeyRefused",
            "UpdateFailed",
        }:
            assert set(given) >= {"translation_domain", "translation_key"}, f"{name} without a translation"
            raised |= texts(given["translation_key"])
    for name, _, args in calls("targets.py"):
        if name in {"_unknown", "_part"}:
            raised |= texts(*args)

    assert set(ENGLISH["exceptions"]) == raised


async def test_the_entities_and_their_states(hass: HomeAssistant, loaded: MockConfigEntry) -> None:
    shown: dict[str, set[str]] = {}
    for one in er.async_entries_for_config_entry(er.async_get(hass), loaded.entry_id):
        if one.translation_key:
            shown.setdefault(one.domain, set()).add(one.translation_key)
    assert {domain: set(words) for domain, words in ENGLISH["entity"].items()} == shown
    assert {domain: set(icons) for domain, icons in ICONS["entity"].items()} == shown

    status = ENGLISH["entity"][Platform.SENSOR]["status"]
    assert set(status["state"]) == set(ICONS["entity"][Platform.SENSOR]["status"]["state"]) == set(Activity)
    assert set(status["state_attributes"]["direction"]["state"]) == set(Direction)
    assert set(hass.states.get("sensor.alice_status").attributes) >= set(status["state_attributes"])
    calls_sensor = hass.states.get("sensor.coocenter_active_calls").attributes
    assert set(calls_sensor) >= set(ENGLISH["entity"][Platform.SENSOR]["active_calls"]["state_attributes"])


async def test_the_units_are_those_of_what_is_counted(hass: HomeAssistant, loaded: MockConfigEntry) -> None:
    for key, words in ENGLISH["entity"][Platform.SENSOR].items():
        ids = [
            one.entity_id
            for one in er.async_entries_for_config_entry(er.async_get(hass), loaded.entry_id)
            if one.translation_key == key and not one.disabled
        ]
        for entity_id in ids:
            unit = hass.states.get(entity_id).attributes.get("unit_of_measurement")
            # A unit that Home Assistant knows it translates itself.
            assert unit == words.get("unit_of_measurement", OF_ITSELF.get(key)), entity_id


def test_the_devices_and_issues() -> None:
    source = "".join(path.read_text() for path in COMPONENT.glob("*.py"))
    assert set(ENGLISH["device"]) == {name for name in ("extension", "queue") if f'"{name}"' in source}
    assert all(placeholders(words["name"]) == {"number"} for words in ENGLISH["device"].values())
    issues = dict(ENGLISH["issues"])
    given = said_in("watchdog.py", "async_create_issue", "translation_placeholders")
    reasons = [json.dumps(issues.pop(f"no_pushes{reason}")) for reason in ("", "_https", "_no_address", "_remote")]
    assert all(placeholders(text) == {"title", "webhook_url"} for text in reasons)
    reasons = [json.dumps(issues.pop(f"no_pushes_{reason}")) for reason in ("web_key", "unreadable")]
    assert all(placeholders(text) == {"title"} for text in reasons)
    assert placeholders(json.dumps(issues.pop("other_pbx"))) == {"title", "mac", "host"}
    assert placeholders(json.dumps(issues.pop("no_pushes_moved"))) == given - {""}
    given = said_in("journal.py", "async_create_issue", "translation_placeholders")
    aborts = issues["call_log_corrupt"]["fix_flow"]["abort"]
    assert set(aborts) == said_in("repairs.py", "async_abort", "reason")
    assert placeholders(json.dumps(aborts)) == said_in("repairs.py", "async_abort", "description_placeholders")
    assert set(issues) == {f"call_log_{trouble}" for trouble in Trouble}
    said = {frozenset(placeholders(json.dumps(issue)) - placeholders(json.dumps(aborts))) for issue in issues.values()}
    assert said == {frozenset(given)}


def test_there_is_nothing_else() -> None:
    kinds = {"common", "conditions", "config", "options", "device", "entity", "exceptions", "issues", "selector"}
    kinds |= {"services", "title", "triggers"}
    assert set(ENGLISH) == kinds
    assert set(ICONS) == {"conditions", "entity", "services", "triggers"}


def test_every_text_is_one_and_neither_html_nor_a_reference() -> None:
    wrong = [
        path for path, text in leaves(ENGLISH) if text.strip() != text or not text or re.search(r"<\w|\[%key", text)
    ]
    assert wrong == []
