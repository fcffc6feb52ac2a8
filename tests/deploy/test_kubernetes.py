"""The manifests are valid, fit together, and run everything with least rights."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml
from typer.testing import CliRunner

from deploy.container.build_here import CONTAINERFILE, stages
from mechkg.api.app import create_app
from mechkg.cli.main import app as command
from mechkg.cli.serving import GRACE
from mechkg.service.workspace import Workspace
from tests.deploy.settings import unknown
from tests.deploy.test_caddyfile import LARGEST

FOLDER = Path(__file__).parents[2] / "deploy" / "kubernetes"
WHOLE = yaml.safe_load((FOLDER / "kustomization.yaml").read_text())
FILES: list[str] = WHOLE["resources"]
DOCUMENTS: list[dict[str, Any]] = [
    document for name in FILES for document in yaml.safe_load_all((FOLDER / name).read_text(encoding="utf-8"))
]


def named(document: dict[str, Any]) -> str:
    return f"{document['kind']}/{document['metadata']['name']}"


BY_NAME = {named(document): document for document in DOCUMENTS}


def pods() -> Iterator[tuple[str, dict[str, Any]]]:
    """Every template of a pod, by the name of what it is the template of."""
    for name, document in BY_NAME.items():
        spec = document.get("spec", {})
        spec = spec.get("jobTemplate", {}).get("spec", spec)
        if "template" in spec:
            yield name, spec["template"]


PODS = dict(pods())
CONTAINERS = {f"{name} {one['name']}": (pod, one) for name, pod in PODS.items() for one in pod["spec"]["containers"]}
SETTINGS = dict(line.split("=", 1) for line in WHOLE["configMapGenerator"][0]["literals"])
each_pod = pytest.mark.parametrize("name", PODS)
each_container = pytest.mark.parametrize("name", CONTAINERS)


@pytest.mark.parametrize("document", DOCUMENTS, ids=named)
def test_a_manifest_is_valid(document: dict[str, Any]) -> None:
    kubernetes_validate.validate(document, "1.34", strict=True)


def test_the_schemas_refuse_what_is_misspelt() -> None:
    wrong = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "x"}, "spec": {"prots": []}}
    with pytest.raises(kubernetes_validate.ValidationError, match="prots"):
        kubernetes_validate.validate(wrong, "1.34", strict=True)


def test_every_file_is_part_of_the_whole() -> None:
    assert {file.name for file in FOLDER.glob("*.yaml")} == {*FILES, "kustomization.yaml"}
    assert BY_NAME[f"Namespace/{WHOLE['namespace']}"]["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"
    assert not any("namespace" in document["metadata"] for document in DOCUMENTS)
    assert len(BY_NAME) == len(DOCUMENTS)


# --- least rights -----------------------------------------------------------------------------------------------------


@each_pod
def test_a_pod_is_as_restricted_as_its_namespace_asks(name: str) -> None:
    spec = PODS[name]["spec"]
    context = spec["securityContext"]
    assert context["runAsNonRoot"] is True and context["runAsUser"] >= 10_000
    assert context["seccompProfile"] == {"type": "RuntimeDefault"}
    assert spec["automountServiceAccountToken"] is False and spec["enableServiceLinks"] is False
    assert not {"hostNetwork", "hostPID", "hostIPC"} & set(spec)
    assert all(set(volume) - {"name"} <= {"emptyDir", "persistentVolumeClaim"} for volume in spec.get("volumes", []))


@each_container
def test_a_container_has_least_rights_and_bounds(name: str) -> None:
    _, container = CONTAINERS[name]
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert "memory" in container["resources"]["limits"] and {"cpu", "memory"} <= set(container["resources"]["requests"])


def test_the_user_is_that_of_the_image() -> None:
    (user,) = [step.text for step in stages(CONTAINERFILE.read_text())[-1].steps if step.word == "USER"]
    for pod, container in CONTAINERS.values():
        if container["image"] == "mechkg":
            context = pod["spec"]["securityContext"]
            assert f"{context['runAsUser']}:{context['runAsGroup']}" == user
            assert context["fsGroup"] == context["runAsGroup"]


def test_nobody_reaches_anything_but_what_is_named() -> None:
    closed = BY_NAME["NetworkPolicy/nobody"]["spec"]
    assert closed == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    graph = BY_NAME["NetworkPolicy/graph"]["spec"]
    assert "egress" not in graph and graph["ingress"][0]["from"] == [
        {"podSelector": {"matchLabels": {"app.kubernetes.io/name": "mechkg"}}}
    ]
    for document in DOCUMENTS:
        if document["kind"] == "NetworkPolicy":
            for rule in document["spec"].get("ingress", []):
                assert rule["from"] and rule["ports"]
            for rule in document["spec"].get("egress", []):
                assert rule["ports"]


def test_no_secret_stands_in_them() -> None:
    assert not any(document["kind"] == "Secret" for document in DOCUMENTS)
    assert not [name for name in SETTINGS if re.search("PASSWORD|SECRET|TOKEN|LEDGER", name)]
    for _, container in CONTAINERS.values():
        for variable in container.get("env", []):
            assert "valueFrom" in variable or variable["name"] in ("FORWARDED_ALLOW_IPS", "MECHKG_HOME")


# --- parts that fit ---------------------------------------------------------------------------------------------------


def test_selectors_find_what_they_are_meant_for() -> None:
    labels = [pod["metadata"]["labels"] for pod in PODS.values()]

    def found(selector: dict[str, Any]) -> bool:
        wanted = selector.get("matchLabels", {}).items()
        among = selector.get("matchExpressions", [])
        return any(wanted <= one.items() and all(one.get(part["key"]) in part["values"] for part in among) for one in labels)

    for name, document in BY_NAME.items():
        spec = document.get("spec", {})
        match document["kind"]:
            case "Service":
                assert found({"matchLabels": spec["selector"]}), name
            case "Deployment" | "StatefulSet":
                assert spec["selector"]["matchLabels"] == spec["template"]["metadata"]["labels"], name
            case "PodDisruptionBudget":
                assert found(spec["selector"]), name
                assert spec["minAvailable"] < BY_NAME["Deployment/mechkg"]["spec"]["replicas"]
            case "NetworkPolicy":
                assert found(spec["podSelector"]), name
    for expression in BY_NAME["NetworkPolicy/ledger"]["spec"]["podSelector"]["matchExpressions"]:
        assert all({expression["key"]: value} in labels for value in expression["values"])


def test_ports_match() -> None:
    ports = {
        pod["metadata"]["labels"]["app.kubernetes.io/name"]: {
            port["name"]: port["containerPort"] for port in one.get("ports", [])
        }
        for pod, one in CONTAINERS.values()
    }
    assert ports == {"mechkg": {"http": 8000}, "graph": {"sparql": 7878}, "backup": {}}
    for document in DOCUMENTS:
        if document["kind"] == "Service":
            (of,) = document["spec"]["selector"].values()
            assert {port["targetPort"] for port in document["spec"]["ports"]} <= set(ports[of])
    (rule,) = BY_NAME["Ingress/mechkg"]["spec"]["rules"]
    (path,) = rule["http"]["paths"]
    service = BY_NAME[f"Service/{path['backend']['service']['name']}"]
    assert path["backend"]["service"]["port"]["name"] in {port["name"] for port in service["spec"]["ports"]}
    mechkg = CONTAINERS["Deployment/mechkg mechkg"][1]
    assert mechkg["args"][mechkg["args"].index("--port") + 1] == str(ports["mechkg"]["http"])
    for _, container in CONTAINERS.values():
        for kind in ("startupProbe", "livenessProbe", "readinessProbe"):
            if kind in container:
                ((_, how),) = ((key, value) for key, value in container[kind].items() if isinstance(value, dict))
                assert how["port"] in {port["name"] for port in container["ports"]}


def test_the_graph_is_where_mechkg_looks_for_it() -> None:
    host, port = re.fullmatch(r"oxigraph\+http://(\w+):(\d+)", SETTINGS["MECHKG_GRAPH"]).groups()  # type: ignore[union-attr]
    service = BY_NAME[f"Service/{host}"]
    assert service["spec"]["ports"][0]["port"] == int(port)
    image = CONTAINERS["StatefulSet/graph oxigraph"][1]["image"]
    assert image.partition(":")[2] == version("oxigraph")


def test_probes_ask_for_what_is_there(shipped: Workspace) -> None:
    paths = {getattr(route, "path", None) for route in create_app(shipped).routes}
    probed = {
        container[kind]["httpGet"]["path"]
        for _, container in CONTAINERS.values()
        for kind in ("startupProbe", "livenessProbe", "readinessProbe")
        if "httpGet" in container.get(kind, {})
    }
    assert probed == {"/healthz", "/readyz"} <= paths
    # a database that is away is no reason to start mechkg anew
    assert CONTAINERS["Deployment/mechkg mechkg"][1]["livenessProbe"]["httpGet"]["path"] == "/healthz"


def test_settings_and_commands_are_those_of_mechkg() -> None:
    assert unknown(SETTINGS) == set()
    for _, container in CONTAINERS.values():
        assert unknown({variable["name"] for variable in container.get("env", [])}) == set()
        if container["image"] == "mechkg":
            assert CliRunner().invoke(command, [*container["args"], "--help"]).exit_code == 0
    assert {image["name"] for image in WHOLE["images"]} == {"mechkg"}
    assert all(image["newTag"] != "latest" for image in WHOLE["images"])


def test_one_address_everywhere() -> None:
    spec = BY_NAME["Ingress/mechkg"]["spec"]
    hosts = {host for tls in spec["tls"] for host in tls["hosts"]} | {rule["host"] for rule in spec["rules"]}
    assert {f"https://{host}" for host in hosts} == {SETTINGS["MECHKG_URL"]}


def test_the_ingress_lets_the_largest_form_through() -> None:
    annotations = BY_NAME["Ingress/mechkg"]["metadata"]["annotations"]
    assert int(annotations["nginx.ingress.kubernetes.io/proxy-body-size"].removesuffix("m")) << 20 >= LARGEST
    assert all(isinstance(value, str) for value in annotations.values())


def test_who_is_told_to_end_has_time_to() -> None:
    spec = PODS["Deployment/mechkg"]["spec"]
    waits = spec["containers"][0]["lifecycle"]["preStop"]["sleep"]["seconds"]
    assert spec["terminationGracePeriodSeconds"] >= waits + GRACE + 10


def test_two_versions_never_run_at_once() -> None:
    assert SETTINGS["MECHKG_UPGRADE"] == "on-start"
    assert BY_NAME["Deployment/mechkg"]["spec"]["strategy"] == {"type": "Recreate"}


@each_container
def test_volumes_are_there(name: str) -> None:
    pod, container = CONTAINERS[name]
    claimed = {claim["metadata"]["name"] for claim in BY_NAME[name.split()[0]]["spec"].get("volumeClaimTemplates", [])}
    volumes = {volume["name"]: volume for volume in pod["spec"].get("volumes", [])}
    assert {mount["name"] for mount in container["volumeMounts"]} == set(volumes) | claimed
    for volume in volumes.values():
        if "persistentVolumeClaim" in volume:
            assert f"PersistentVolumeClaim/{volume['persistentVolumeClaim']['claimName']}" in BY_NAME


def test_what_people_gave_is_shared_and_kept_and_the_rest_is_derived() -> None:
    mounts = CONTAINERS["Deployment/mechkg mechkg"][1]["volumeMounts"]
    shared = {mount["mountPath"] for mount in mounts if mount["name"] == "papers"}
    assert shared == {f"{SETTINGS['MECHKG_HOME']}/{name}" for name in ("papers", "readings", "uploads")}
    assert BY_NAME["PersistentVolumeClaim/papers"]["spec"]["accessModes"] == ["ReadWriteMany"]
    source = "\n".join(file.read_text() for file in (Path(__file__).parents[2] / "mechkg" / "service").glob("*.py"))
    # whatever else is put into the home folder can be made anew, or is asked of others again
    assert set(re.findall(r'workspace\.home / "(\w+)"', source)) - {"crossref"} == {path.rpartition("/")[2] for path in shared}


def test_the_backup_reads_papers_and_writes_its_own_claim_alone() -> None:
    mounts = CONTAINERS["CronJob/backup backup"][1]["volumeMounts"]
    assert [mount["mountPath"] for mount in mounts if not mount.get("readOnly")] == ["/backup", "/tmp"]
