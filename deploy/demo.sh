#!/usr/bin/env bash
# Shows the controller at work, on a control plane of its own or on the cluster of --kubeconfig.
# Sets up by itself on a fresh Debian 12; Ctrl-C takes everything down again.
#
# usage: demo.sh [--kubeconfig FILE]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

test/setup.sh build
if [[ ! -x build/release/bitcoin-controller ]]; then
  cmake --preset release
  cmake --build --preset release
fi
exec python3 -B deploy/demo.py "$@"
