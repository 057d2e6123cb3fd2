#!/usr/bin/env bash
# npm run test:vm -- [KERNEL/BPFTRACE ...]: one scenario on kernels and bpftraces of Debian releases, each pair booted under QEMU
# without KVM from an initramfs that holds node, bpftrace, runc and this build. Both are names of releases: bullseye has kernel
# 5.10, bookworm 6.1 and bpftrace 0.17, trixie 6.12 and 0.23, sid the newest of both. `KERNEL/none` asks doctor alone, where
# things are missing. Prints a matrix of all that was run so far; some minutes a pair.
set -euo pipefail
cd "$(dirname "$0")/../.."
here=$PWD/test/vm
. test/vm/packages.sh
[ "$(id -u)" -eq 0 ] || { echo 'it needs root' >&2; exit 3; }
bin/setup --vm
node build.js
pairs=("$@")
if [ $# -eq 0 ]; then
  for kernel in bullseye bookworm trixie sid; do
    for tracer in bookworm trixie sid; do pairs+=("$kernel/$tracer"); done
  done
  pairs+=(bullseye/bullseye bookworm/none)
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# A program and the libraries it loads, at the same places. with_libraries FROM PROGRAM: those of another root.
with_libraries() {
  local from=$1 program=$2 to=$3 file
  for file in "$program" /lib64/ld-linux-x86-64.so.2 $(chroot "$from" /lib64/ld-linux-x86-64.so.2 --list "$program" | grep -o '/[^ )]*' || true); do
    mkdir -p "$to$(dirname "$file")"
    cp -L "$from$file" "$to$file"
  done
}

# What all pairs have: busybox, node, runc, this build, test programs, a bundle.
make_base() {
  local root=$1 tool applet
  mkdir -p "$root"/{bin,sbin,usr/bin,usr/sbin,proc,sys,dev,tmp,run,etc,nstrace,tools,bt,box/{bin,proc,sys,dev,tmp}}
  cp "$(command -v busybox)" "$root/bin/busybox"
  for applet in sh mount umount mkdir cat echo sleep ls grep tail poweroff true ps env cp sed date chroot printf kill seq rm; do
    ln -sf busybox "$root/bin/$applet"
  done
  cp -a "$root/bin/." "$root/box/bin/"
  ln -sf /bin/chroot "$root/usr/sbin/chroot"
  for tool in node runc unshare nsenter setpriv; do with_libraries / "$(PATH=$PATH:/usr/sbin command -v $tool)" "$root"; done
  for tool in spawn noop threads fdexec overwrite; do
    gcc -O2 -static -pthread -o "$root/tools/$tool" "test/e2e/tools/$tool.c"
  done
  cp -r dist probes bin package.json "$root/nstrace/"
  cp "$here/scenario.sh" "$here/check.cjs" "$root/"
  printf 'root:x:0:0:root:/root:/bin/sh\n' >"$root/etc/passwd"
  mkdir "$root/bundle"
  (cd "$root/bundle" && runc spec)
  node -e '
const fs = require("fs"), file = process.argv[1], spec = JSON.parse(fs.readFileSync(file));
spec.process.terminal = false; spec.process.args = ["sh", "-c", "trap \"exit 5\" USR1; ls / >/dev/null; sleep 200 & wait"]; delete spec.process.rlimits;
spec.root = { path: "/tmp/box", readonly: true }; fs.writeFileSync(file, JSON.stringify(spec));
' "$root/bundle/config.json"
  cp "$here/init" "$root/init"
  chmod 755 "$root/init" "$root/scenario.sh"
}

# The bpftrace of a release with its own libraries, in a folder that it is chrooted to.
add_bpftrace() {
  local release=$1 root=$2
  unpack "$release" "$store/$release/root" bpftrace
  mkdir -p "$root"/bt/{proc,sys,dev,tmp,bin,usr/lib64,lib64}
  # bpftrace asks a shell where clang's headers are, and crashes where there is none.
  cp "$root/bin/busybox" "$root/bt/bin/sh"
  with_libraries "$store/$release/root" /usr/bin/bpftrace "$root/bt"
  printf '#!/bin/sh\nexec /usr/sbin/chroot /bt /usr/bin/bpftrace "$@"\n' >"$root/usr/bin/bpftrace"
  chmod 755 "$root/usr/bin/bpftrace"
}

make_base "$work/base"
status=0
mkdir -p build/vm
for pair in "${pairs[@]}"; do
  kernel=${pair%/*} tracer=${pair#*/}
  echo "== $pair"
  open_release "$kernel"
  image=$(kernel_of "$kernel")
  rm -rf "$work/root"
  cp -a "$work/base" "$work/root"
  append=''
  if [ "$tracer" = none ]; then
    open_release bookworm
    add_bpftrace bookworm "$work/root"
    append='lockdown=confidentiality nstrace=doctor'
  else
    open_release "$tracer"
    add_bpftrace "$tracer" "$work/root"
  fi
  (cd "$work/root" && find . | cpio -o -H newc --quiet | gzip -1) >"$work/initramfs"
  timeout "${NSTRACE_VM_SECONDS:-300}" qemu-system-x86_64 -m 3G -smp 2 -nographic -no-reboot \
    -kernel "$image" -initrd "$work/initramfs" -append "console=ttyS0 quiet panic=-1 $append" </dev/null |
    tr -d '\r' | tee "$work/out" || true
  grep -ao 'CHECK .*' "$work/out" >"build/vm/${pair/\//-}.txt" || echo 'CHECK end FAILED it did not come to its end' >"build/vm/${pair/\//-}.txt"
  ! grep -aq FAILED "build/vm/${pair/\//-}.txt" || status=1
done
node test/vm/matrix.cjs build/vm
exit "$status"
