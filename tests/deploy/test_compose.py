"""compose.yaml is whole, and gives nobody more than they need."""

from __future__ import annotations

import re
from importlib.metadata import version
from typing import Any

import pytest

from mechkg.cli.serving import GRACE
from tests.deploy.composed import FOLDER, VARIABLE, described, example, filled_in, instruction, seconds
from tests.deploy.settings import unknown

SAYS = described()
SERVICES: dict[str, dict[str, Any]] = SAYS["services"]
KNOWN = {
    "build", "cap_add", "cap_drop", "command", "depends_on", "environment", "healthcheck", "image", "mem_limit", "networks",
    "pids_limit", "ports", "read_only", "restart", "security_opt", "shm_size", "stop_grace_period", "tmpfs", "user", "volumes",
}  # fmt: skip
# The only capability that is given back, and why it is needed.
CAPABILITIES = {"proxy": ["NET_BIND_SERVICE"]}  # ports below 1024
each = pytest.mark.parametrize("name", SERVICES)


def test_nothing_is_misspelt() -> None:
    assert set(SAYS) == {"name", "services", "volumes", "networks"}
    assert {word for service in SERVICES.values() for word in service} <= KNOWN


def test_each_variable_is_in_the_example_and_has_a_value_there_or_must_be_given() -> None:
    text = "".join(line for line in (FOLDER / "compose.yaml").read_text().splitlines(True) if not line.lstrip().startswith("#"))
    found = VARIABLE.findall(text)
    assert {name for name, _, _ in found} <= set(example())
    assert text.count("$") == len(found)
    assert {(name, default) for name, kind, default in found if kind == "-"} == {
        (name, example()[name]) for name, kind, _ in found if kind == "-"
    }
    assert {name for name, kind, _ in found if kind == "?"} == {"MECHKG_HOST", "MECHKG_LEDGER_PASSWORD"}
    with pytest.raises(KeyError, match="MECHKG_LEDGER_PASSWORD"):
        filled_in(SAYS, example())
    assert example()["MECHKG_LEDGER_PASSWORD"] == ""


def test_no_secret_stands_in_it() -> None:
    for service in SERVICES.values():
        for name, value in service.get("environment", {}).items():
            if re.search("PASSWORD|SECRET|TOKEN", name):
                assert value == "${MECHKG_LEDGER_PASSWORD:?}"
    assert "PASSWORD" not in SERVICES["mechkg"]["environment"]["MECHKG_LEDGER"]


def test_settings_of_mechkg_are_settings() -> None:
    assert unknown(SERVICES["mechkg"]["environment"]) == set()


def test_only_the_proxy_is_reached_from_outside() -> None:
    assert {name for name, service in SERVICES.items() if "ports" in service} == {"proxy"}
    assert SAYS["networks"]["inside"] == {"internal": True}
    assert {name: service["networks"] for name, service in SERVICES.items()} == {
        "mechkg": ["inside", "front"],
        "ledger": ["inside"],
        "graph": ["inside"],
        "proxy": ["front"],
    }
    # whom mechkg believes about who asks is whoever is in front
    (front,) = SAYS["networks"]["front"]["ipam"]["config"]
    assert SERVICES["mechkg"]["environment"]["FORWARDED_ALLOW_IPS"] == front["subnet"]


@each
def test_a_service_has_least_rights(name: str) -> None:
    service = SERVICES[name]
    assert service["cap_drop"] == ["ALL"]
    assert service.get("cap_add", []) == CAPABILITIES.get(name, [])
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["read_only"] is True
    assert service["pids_limit"] and service["mem_limit"]
    assert not {"privileged", "network_mode", "pid", "ipc", "devices"} & set(service)


@each
def test_a_service_comes_back_and_may_finish_what_it_does(name: str) -> None:
    assert SERVICES[name]["restart"] == "always"
    assert seconds(SERVICES[name]["stop_grace_period"]) >= (GRACE + 10 if name == "mechkg" else 20)


@each
def test_data_are_in_volumes_with_a_name(name: str) -> None:
    for volume in filled_in(SERVICES[name]["volumes"], example() | {"MECHKG_HOST": "a", "MECHKG_LEDGER_PASSWORD": "b"}):
        source, target, *how = volume.split(":")
        assert target.startswith("/")
        if source.startswith("./"):
            assert (FOLDER / source).is_file() and how == ["ro"]
        else:
            assert source in SAYS["volumes"]


def test_volumes_are_used() -> None:
    mounted = {str(v).split(":")[0] for service in SERVICES.values() for v in service["volumes"]}
    assert set(SAYS["volumes"]) - {"backup"} == {name for name in mounted if not name.startswith((".", "$"))}


def test_who_needs_others_starts_after_them() -> None:
    after = {name: {other: how["condition"] for other, how in s.get("depends_on", {}).items()} for name, s in SERVICES.items()}
    assert after == {
        "mechkg": {"ledger": "service_healthy", "graph": "service_started"},
        "proxy": {"mechkg": "service_started"},
        "ledger": {},
        "graph": {},
    }
    for others in after.values():
        assert all("healthcheck" in SERVICES[other] for other, condition in others.items() if condition == "service_healthy")


def test_health_is_asked_for_where_it_is_told() -> None:
    check = SERVICES["mechkg"]["healthcheck"]
    program = instruction("CMD")
    assert f"http://127.0.0.1:{program[program.index('--port') + 1]}/readyz" in check["test"][-1]
    compile(check["test"][-1], "healthcheck", "exec")
    for service in SERVICES.values():
        if "healthcheck" in service:
            assert seconds(service["healthcheck"]["timeout"]) < seconds(service["healthcheck"]["interval"])


def test_images_are_of_a_version_and_the_graph_of_the_one_that_is_tested() -> None:
    tags = {name: service["image"].partition(":")[2] for name, service in SERVICES.items() if name != "mechkg"}
    assert all(re.match(r"\d", tag) for tag in tags.values())
    assert tags["graph"] == version("oxigraph")
