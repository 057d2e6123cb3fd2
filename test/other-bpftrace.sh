#!/usr/bin/env bash
# npm run test:bpftrace -- trixie sid: the e2e tests with the bpftrace of other Debian releases, each in a folder that
# debootstrap fills once (NSTRACE_TEST_ROOTS, /var/tmp/nstrace-roots if that is not set), on this kernel.
set -euo pipefail
cd "$(dirname "$0")/.."
[ $# -gt 0 ] || { echo 'usage: npm run test:bpftrace -- RELEASE ...   (trixie, sid)' >&2; exit 2; }
[ "$(id -u)" -eq 0 ] || { echo 'it needs root' >&2; exit 3; }
roots=${NSTRACE_TEST_ROOTS:-/var/tmp/nstrace-roots}
bin/setup --test
command -v debootstrap >/dev/null || apt-get -qy install --no-install-recommends debootstrap >&2
mkdir -p "$roots"

mounted=()
cleanup() {
  local place
  for place in "${mounted[@]}"; do umount -R -l "$place" || true; done
}
trap cleanup EXIT

status=0
for release in "$@"; do
  root=$roots/$release
  if [ ! -e "$root/usr/bin/bpftrace" ]; then
    rm -rf "$root"
    debootstrap --variant=minbase --include=bpftrace "$release" "$root" >&2
  fi
  for place in proc sys dev; do
    if ! mountpoint -q "$root/$place"; then
      mount --rbind "/$place" "$root/$place"
      mount --make-rslave "$root/$place"
      mounted+=("$root/$place")
    fi
  done
  wrapper=$roots/bpftrace-$release
  printf '#!/bin/sh\nexec /usr/sbin/chroot %s /usr/bin/bpftrace "$@"\n' "$root" >"$wrapper"
  chmod 755 "$wrapper"
  echo "== $release: $("$wrapper" --version)"
  NSTRACE_TEST_BPFTRACE=$wrapper npx vitest run --project e2e --project e2e-alone || status=1
done
exit "$status"
