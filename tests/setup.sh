#!/bin/sh
# What the tests need from the system: Chromium, and PostgreSQL's programs (they start a cluster of their own).
# Installs what is missing as root or with CI=true; otherwise says how, and ends with 1.
set -eu

missing=
command -v chromium >/dev/null || missing="$missing chromium"
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || missing="$missing postgresql"
[ -n "$missing" ] || exit 0

if [ "$(id -u)" = 0 ]; then
    sudo=
elif [ "${CI:-}" = true ]; then
    sudo="sudo -n"
else
    echo "The tests need$missing. Run this, then make test again:" >&2
    echo "    sudo apt-get update && sudo apt-get install --yes$missing" >&2
    exit 1
fi

export DEBIAN_FRONTEND=noninteractive
echo "Installing$missing"
$sudo apt-get update --quiet=2
# shellcheck disable=SC2086  # one word a package
$sudo apt-get install --quiet=2 --yes --no-install-recommends -o DPkg::Lock::Timeout=300 $missing >/dev/null
