#!/usr/bin/env bash
# report_browser_test.sh REPORT_CLI DEPS: pages as a browser shows them. Exits with 77 (skipped) without Chromium.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
browser=$(command -v chromium || command -v chromium-browser || command -v google-chrome || true)
if [ -z "$browser" ]; then
  echo "skipped: no Chromium; run: apt-get install chromium" >&2
  exit 77
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 "$here/make_run.py" "$work/a" --steps 400
python3 "$here/make_run.py" "$work/b" --steps 400 --seed 2
python3 "$here/make_run.py" "$work/hostile" --hostile
"$1" report "$work/a" -o "$work/one.html"
"$1" report "$work/a" "$work/b" -o "$work/two.html"
"$1" report "$work/hostile" -o "$work/hostile.html"
NODE_PATH="$2/node_modules" node "$here/report_browser_test.cjs" "$browser" "$work"/{one,two,hostile}.html
