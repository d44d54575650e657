#!/bin/sh
# Lint the app's JavaScript and CSS with Biome, for development only: the app itself needs no Node.
# Where Node or the registry is missing, say so and go on; in CI (CI=true) a registry that does not answer is a failure.
set -eu
cd "$(dirname "$0")/.."
if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
  echo "JavaScript and CSS are not linted: install Node.js 18 or newer with npm, then run this again."
  exit 0
fi
if [ ! node_modules/.package-lock.json -nt package-lock.json ]; then
  if ! npm ci --no-audit --no-fund --loglevel=error; then
    echo "JavaScript and CSS are not linted: npm could not install Biome (package.json)."
    [ "${CI:-}" != true ]
    exit
  fi
  touch node_modules/.package-lock.json
fi
npm run --silent lint
