#!/usr/bin/env bash
# npm run test:fresh -- bookworm trixie sid: `npm test` of the last commit in a fresh root of each Debian release, on this
# kernel, with nothing installed but what debootstrap's minbase has, Node (its own where that is 20 or newer, else this
# machine's) and this machine's npm. NSTRACE_FRESH_TEST is what runs there instead.
set -euo pipefail
cd "$(dirname "$0")/../.."
[ $# -gt 0 ] || { echo 'usage: npm run test:fresh -- RELEASE ...   (bookworm, trixie, sid)' >&2; exit 2; }
. test/fresh/root.sh
run=${NSTRACE_FRESH_TEST:-npm test}

status=0
for release in "$@"; do
  echo "== $release" >&2
  root=$(make_root "$release" fresh)
  if has_node "$root"; then
    DEBIAN_FRONTEND=noninteractive chroot "$root" apt-get -qy install --no-install-recommends nodejs >&2
  else
    copy_node "$root"
  fi
  copy_npm "$root"
  git clone -q --no-hardlinks "$PWD" "$root/nstrace"
  if run_in "$root" "node --version; $run" /nstrace; then
    echo "== $release: passed" >&2
  else
    echo "== $release: FAILED" >&2
    status=1
  fi
  rm -rf --one-file-system "$root"
done
exit "$status"
