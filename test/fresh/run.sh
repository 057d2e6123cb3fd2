#!/usr/bin/env bash
# npm run test:fresh -- bookworm trixie sid: `npm test` of the last commit in a fresh root of each Debian release, on this
# kernel, with nothing installed but what debootstrap's minbase has, Node (its own where that is 20 or newer, else this
# machine's) and this machine's npm. NSTRACE_FRESH_TEST is what runs there instead.
set -euo pipefail
cd "$(dirname "$0")/../.."
[ $# -gt 0 ] || { echo 'usage: npm run test:fresh -- RELEASE ...   (bookworm, trixie, sid)' >&2; exit 2; }
. test/fresh/root.sh
run=${NSTRACE_FRESH_TEST:-npm test}

prepare() {
  if has_node "$1"; then
    DEBIAN_FRONTEND=noninteractive chroot "$1" apt-get -qy install --no-install-recommends nodejs >&2
  else
    copy_node "$1"
  fi
  copy_npm "$1"
  git clone -q --no-hardlinks "$PWD" "$1/nstrace"
}

check() {
  run_in "$1" "node --version; $run" /nstrace
}

each_release fresh "$@"
