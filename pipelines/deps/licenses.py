#!/usr/bin/env python3
"""licenses.py: prints LICENSES.md from the lists beside it and what is installed.
licenses.py --check: says where LICENSES.md names other packages than the lists, or, for those that are installed here,
another licence; exit 1 then."""
import json
import pathlib
import re
import sys

LISTS = pathlib.Path(__file__).parent
ROOT = LISTS.parents[1]
INSTALLED = ROOT / ".deps"
NOT_INSTALLED = "not installed here"
HEAD = """# Licences of what Palimpsest builds with and runs

Made by `pipelines/deps/licenses.py` from the lists in this folder and the packages' own files; a test compares. Nothing
of it is in this repository. Debian's are the licences of a package's main part; `see package` means
/usr/share/doc/PACKAGE/copyright.

| from | package | licence |
| --- | --- | --- |
"""


def debian_license(package):
    path = pathlib.Path("/usr/share/doc", package, "copyright")
    if not path.exists():
        return NOT_INSTALLED
    text = path.read_text(errors="replace")
    main = re.search(r"^Files: *\*.*?^License: *(.+?)$", text, re.MULTILINE | re.DOTALL)
    return main.group(1) if main else "see package"


def npm_license(package):
    path = INSTALLED / "node_modules" / package / "package.json"
    return json.loads(path.read_text())["license"] if path.exists() else NOT_INSTALLED


def pypi_license(package):
    pattern = package.replace("-", "_") + "-*.dist-info/METADATA"
    for path in [*INSTALLED.glob(pattern), *INSTALLED.glob("python/" + pattern)]:
        text = path.read_text()
        stated = re.search(r"^License(?:-Expression)?: *(.+)$", text, re.MULTILINE)
        classified = re.search(r"^Classifier: License :: (?:OSI Approved :: )?(.+)$", text, re.MULTILINE)
        found = stated or classified
        return found.group(1) if found else "see package"
    return NOT_INSTALLED


def names(file):
    lines = (LISTS / file).read_text().splitlines()
    return [re.split(r"[ =]", line)[0] for line in lines if line and not line.startswith("#")]


def rows():
    for package in names("debian.txt"):
        yield "Debian", package, debian_license(package)
    for package in json.loads((LISTS / "npm/package.json").read_text())["dependencies"]:
        yield "npm", package, npm_license(package)
    for package in names("python.txt") + names("python-test.txt"):
        yield "PyPI", package, pypi_license(package)


def check():
    table = (LISTS / "LICENSES.md").read_text()
    written = {tuple(row[:2]): row[2] for row in re.findall(r"^\| (\S+) \| (\S+) \| (.+) \|$", table, re.MULTILINE)}
    del written["from", "package"]
    del written["---", "---"]
    wrong = 0
    for source, package, license in rows():
        stated = written.pop((source, package), None)
        if stated is None or license not in (stated, NOT_INSTALLED):
            print(f"LICENSES.md: {source} {package}: {stated}, expected {license}", file=sys.stderr)
            wrong += 1
    for source, package in written:
        print(f"LICENSES.md: {source} {package} is in no list", file=sys.stderr)
        wrong += 1
    if wrong:
        print("run: pipelines/deps/licenses.py, and take over what differs", file=sys.stderr)
    return wrong != 0


if __name__ == "__main__":
    if sys.argv[1:] == ["--check"]:
        sys.exit(check())
    print(HEAD, end="")
    for row in rows():
        print("| " + " | ".join(row) + " |")
