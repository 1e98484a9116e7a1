#!/usr/bin/env bash
# The tests with the oldest versions that pyproject.toml allows and with the newest there are, each
# in a virtual environment of its own, on each Python that the library is for.
#
#   tests/versions.sh                                   all of it
#   tests/versions.sh oldest 3.11                       one environment
#   tests/versions.sh newest 3.13 -m "not slow"         what pytest understands may follow
#   tests/versions.sh oldest 3.12 --only-install        make the environment, and run nothing
#
# Which Pythons: python3.11 and so on, on the path or among pyenv's. The environments stay in
# .venvs/, or where DIMLEARN_VENVS says, and are made up to date when the script is run again.
set -euo pipefail
cd "$(dirname "$0")/.."

which=${1:-all} python=${2:-all}
shift $(($# < 2 ? $# : 2))

python_of() { # the command of a Python, by its version
    if command -v "python$1" >/dev/null && "python$1" -c "" 2>/dev/null; then
        echo "python$1"
    elif [ -d "${PYENV_ROOT:-$HOME/.pyenv}/versions" ]; then
        ls -d "${PYENV_ROOT:-$HOME/.pyenv}/versions/$1"*/bin/python | tail -n 1
    else
        echo python # as on Windows, where there is but one
    fi
}

floors() { # the lowest version of each package that pyproject.toml names, as pip's constraints
    "$1" - <<'PYTHON'
import re
import tomllib

with open("pyproject.toml", "rb") as file:
    project = tomllib.load(file)["project"]
for requirement in [*project["dependencies"], *project["optional-dependencies"]["dev"]]:
    name, floor = re.match(r"([\w.-]+)>=([\w.]+)", requirement).groups()
    print(f"{name}=={floor}")
PYTHON
}

for version in $([ "$python" = all ] && echo 3.11 3.12 3.13 || echo "$python"); do
    for kind in $([ "$which" = all ] && echo oldest newest || echo "$which"); do
        home="${DIMLEARN_VENVS:-.venvs}/$kind-$version"
        echo "== $kind versions, Python $version"
        [ -d "$home" ] || "$(python_of "$version")" -m venv "$home"
        own="$home/bin/python"
        [ -x "$own" ] || own="$home/Scripts/python.exe"
        "$own" -c "import sys; assert '%d.%d' % sys.version_info[:2] == '$version', sys.version"
        if [ "$kind" = oldest ]; then
            floors "$own" >"$home/constraints.txt"
            "$own" -m pip install -q -c "$home/constraints.txt" -e '.[dev]'
        else
            "$own" -m pip install -q --upgrade --upgrade-strategy eager -e '.[dev]'
        fi
        "$own" -m pip list --format=freeze | grep -iE '^(keras|tensorflow|numpy|pytest)==' || true
        [ "${1:-}" = --only-install ] || "$own" -m pytest -m "" "$@" # the weekly ones too
    done
done
