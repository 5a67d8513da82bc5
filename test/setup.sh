#!/usr/bin/env bash
# Installs what is needed on a fresh Debian 12 and is not there yet.
#
# usage: setup.sh build | demo | test      (each includes the one before)
set -euo pipefail

readonly build_packages=(
  ca-certificates cmake g++ ninja-build ccache openssl python3
  libboost1.81-dev libcaf-dev libcli11-dev libsimdjson-dev libspdlog-dev libssl-dev libyaml-cpp-dev
  nlohmann-json3-dev prometheus-cpp-dev
)
# To run pods as processes, and to configure the build of what does that.
readonly demo_packages=(iproute2 libgmock-dev libgtest-dev)
readonly test_packages=(clang clang-format clang-tidy git libbenchmark-dev libmimalloc-dev)

as_root() {
  if [[ $EUID -eq 0 ]]; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    echo "not root, and sudo is not here; let root install them, then go on from here" >&2
    exit 1
  fi
}

installed() { # package
  [[ $(dpkg-query --show --showformat='${db:Status-Status}' "$1" 2>/dev/null) == installed ]]
}

main() {
  local wanted=("${build_packages[@]}") missing=() package
  [[ ${1:-test} == build ]] || wanted+=("${demo_packages[@]}")
  [[ ${1:-test} != test ]] || wanted+=("${test_packages[@]}")
  # Any Go serves to build the control plane, and none is needed where one is given.
  if [[ -z ${KUBEBUILDER_ASSETS:-} ]] && ! command -v go >/dev/null; then
    wanted+=(golang-go)
  fi
  for package in "${wanted[@]}"; do
    installed "$package" || missing+=("$package")
  done
  if [[ ${#missing[@]} -gt 0 ]]; then
    echo "installing ${missing[*]}" >&2
    as_root apt-get update --quiet=2
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install --yes --quiet=2 \
      --no-install-recommends "${missing[@]}" >&2
  fi
}

main "$@"
