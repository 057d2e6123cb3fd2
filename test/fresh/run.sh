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
  limit_lxc "$1"
  git clone -q --no-hardlinks "$PWD" "$1/nstrace"
}

# LXC 7 leaves a new cpuset of cgroups v1 empty, and then nothing may run in it: it gets the other hierarchies only.
limit_lxc() {
  local version
  version=$(chroot "$1" apt-cache show lxc | sed -n 's/^Version: \([0-9]*:\)\{0,1\}\([0-9]*\).*/\2/p' | head -1)
  if [ "${version:-0}" -ge 7 ] && [ -e /sys/fs/cgroup/cpuset ]; then
    mkdir -p "$1/etc/lxc"
    echo 'lxc.cgroup.use = name=systemd' >"$1/etc/lxc/lxc.conf"
  fi
}

check() {
  run_in "$1" "node --version; $run" /nstrace
}

each_release fresh "$@"
