#!/usr/bin/env bash
# Shows a network of real Bitcoin nodes come up, find each other, mine and heal. Sets up by itself on
# a fresh Debian 12; Ctrl-C takes everything down again.
#
# usage: demo.sh [--real | --kubeconfig FILE] [--nodes N] [--seconds N]
#
#   (default)          an in-memory cluster; as root real bitcoinds on it, otherwise simulated ones
#   --real             etcd, kube-apiserver and kube-controller-manager in its place (needs root)
#   --kubeconfig FILE  your cluster, whose own nodes run the pods; without any, this machine is one
#   --seconds N        end by itself after N seconds of watching
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

if [[ " $* " == *" -h "* || " $* " == *" --help "* ]]; then
  sed -n '/^# usage/,/^set/s/^# \{0,1\}//p' deploy/demo.sh
  exit 0
fi

test/setup.sh demo
python3 -B deploy/demo.py --check "$@"
echo "building; minutes the first time, seconds afterwards"
cmake --preset dev >/dev/null
cmake --build --preset dev --target bitcoin-controller bitcoin-controller-sim bitcoin-test-node
export BITCOIN_CONTROLLER=$PWD/build/dev/bitcoin-controller
exec python3 -B deploy/demo.py "$@"
