#!/usr/bin/env python3
"""kubernetes_pods.py FOLDER: checks the manifests of FOLDER against Kubernetes' schemas and prints the commands of all
pods, one a line, in the order of the files: init containers first, an indexed job once for each index."""
import pathlib
import shlex
import sys

import kubernetes_validate
import yaml

VERSION = "1.30"


def pods(job):
    spec = job["spec"]["template"]["spec"]
    names = {volume["name"] for volume in spec["volumes"]}
    for index in range(job["spec"].get("completions", 1)):
        for container in [*spec.get("initContainers", []), *spec["containers"]]:
            missing = {mount["name"] for mount in container["volumeMounts"]} - names
            if missing:
                sys.exit(f"{container['name']} mounts {missing}, which is no volume")
            yield shlex.join(word.replace("$(JOB_COMPLETION_INDEX)", str(index)) for word in container["command"])


def main():
    documents = [document for path in sorted(pathlib.Path(sys.argv[1]).glob("*.yaml"))
                 for document in yaml.safe_load_all(path.read_text())]
    for document in documents:
        kubernetes_validate.validate(document, VERSION, strict=True)
    try:
        kubernetes_validate.validate({**documents[0], "spec": {"completions": "four"}}, VERSION, strict=True)
    except kubernetes_validate.ValidationError:
        pass
    else:
        sys.exit("the schemas accept anything")
    for document in documents:
        if document["kind"] == "Job":
            print("\n".join(pods(document)))


if __name__ == "__main__":
    main()
