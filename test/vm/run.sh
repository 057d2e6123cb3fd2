#!/usr/bin/env bash
# npm run test:vm -- [KERNEL/BPFTRACE[/HOW] ...]: one scenario on kernels and bpftraces of Debian releases, each pair booted under
# QEMU without KVM from an initramfs that holds node, bpftrace, runc and this build. Both are names of releases: bullseye has
# kernel 5.10, bookworm 6.1 and bpftrace 0.17, trixie 6.12 and 0.23, sid the newest of both. HOW is v1 or hybrid (cgroups; else v2
# alone), arm64 or arm64-16k (that architecture, of one release, with pages of 4 or 16 KB). `KERNEL/none` asks doctor alone,
# where things are missing. Prints a matrix of all that was run so far; some minutes a pair.
set -euo pipefail
cd "$(dirname "$0")/../.."
here=$PWD/test/vm
. test/vm/packages.sh
[ "$(id -u)" -eq 0 ] || { echo 'it needs root' >&2; exit 3; }
pairs=("$@")
if [ $# -eq 0 ]; then
  for kernel in bullseye bookworm trixie sid; do
    for tracer in bookworm trixie sid; do pairs+=("$kernel/$tracer"); done
  done
  pairs+=(bookworm/bookworm/v1 bookworm/bookworm/hybrid trixie/trixie/arm64 trixie/trixie/arm64-16k bullseye/bullseye bookworm/none)
fi
bin/setup --vm
[[ " ${pairs[*]}" != *arm64* ]] || bin/setup --vm-arm64

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# resolve ROOT PATH: the file that a path is in another root, whose links may be absolute.
resolve() {
  local file=$1$2 link
  while [ -L "$file" ]; do
    link=$(readlink "$file")
    [[ $link == /* ]] && file=$1$link || file=$(dirname "$file")/$link
  done
  echo "$file"
}

# A program and the libraries it loads, at the same places. with_libraries FROM PROGRAM TO
with_libraries() {
  local from=${1%/} program=$2 to=$3 file
  for file in "$program" /lib64/ld-linux-x86-64.so.2 $(chroot "$from/" /lib64/ld-linux-x86-64.so.2 --list "$program" | grep -o '/[^ )]*' || true); do
    mkdir -p "$to$(dirname "$file")"
    cp "$(resolve "$from" "$file")" "$to$file"
  done
}

# What all have: busybox, this build, test programs, a bundle. make_base FOLDER BUSYBOX [COMPILER]
make_base() {
  local root=$1 tool applet
  mkdir -p "$root"/{proc,sys,dev,tmp,run,etc,nstrace,tools,box/{bin,proc,sys,dev,tmp}}
  cp "$2" "$root/bin/busybox"
  for applet in sh mount umount mkdir cat echo sleep ls grep tail poweroff true ps env cp sed date chroot printf kill seq rm; do
    ln -sf busybox "$root/bin/$applet"
    ln -sf busybox "$root/box/bin/$applet"
  done
  cp "$2" "$root/box/bin/busybox"
  for tool in spawn noop threads fdexec overwrite; do
    "${3:-gcc}" -O2 -static -pthread -o "$root/tools/$tool" "test/e2e/tools/$tool.c"
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

# This machine's own node and runc.
make_own() {
  local root=$1 tool
  mkdir -p "$root"/{bin,sbin,usr/bin,usr/sbin,bt}
  make_base "$root" "$(command -v busybox)"
  ln -sf /bin/chroot "$root/usr/sbin/chroot"
  for tool in node runc unshare nsenter setpriv; do with_libraries / "$(PATH=$PATH:/usr/sbin command -v $tool)" "$root"; done
}

# All of the release's packages for another architecture, where nothing of this machine runs.
make_other() {
  local release=$1 root=$2 store_root=$store/$1/root
  open_release "$release"
  unpack "$release" "$store_root" bpftrace nodejs runc busybox-static util-linux
  mkdir -p "$root"
  tar -C "$store_root" --exclude './usr/share/[a-mo-z]*' --exclude './usr/include' --exclude './usr/lib/python*' --exclude './usr/lib/*/perl*' \
    --exclude './boot' -cf - . | tar -x -C "$root"
  make_base "$root" "$store_root/bin/busybox" aarch64-linux-gnu-gcc
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

make_own "$work/base"
status=0
mkdir -p build/vm
for pair in "${pairs[@]}"; do
  IFS=/ read -r kernel tracer how <<<"$pair"
  echo "== $pair"
  rm -rf "$work/root"
  append='console=ttyS0' machine=(qemu-system-x86_64 -m 2G) flavour=''
  case $how in
    arm64*)
      [ "$kernel" = "$tracer" ] || { echo 'arm64 has kernel and bpftrace of one release' >&2; exit 2; }
      kernel=$kernel-arm64
      make_other "$kernel" "$work/root"
      append='console=ttyAMA0' machine=(qemu-system-aarch64 -m 3G -M virt -cpu 'max,pauth-impdef=on')
      [ "$how" = arm64 ] || flavour=$how
      ;;
    v1 | hybrid) append="$append nstrace.cgroup=$how" ;;
  esac
  open_release "$kernel"
  image=$(kernel_of "$kernel" "$flavour")
  if [ ! -e "$work/root" ]; then
    cp -a "$work/base" "$work/root"
    if [ "$tracer" = none ]; then
      append="$append lockdown=confidentiality nstrace=doctor"
      tracer=bookworm
    fi
    open_release "$tracer"
    add_bpftrace "$tracer" "$work/root"
  fi
  # Uncompressed, since the guest is slower than this machine.
  (cd "$work/root" && find . | cpio -o -H newc --quiet) >"$work/initramfs"
  begun=$SECONDS
  timeout "${NSTRACE_VM_SECONDS:-300}" "${machine[@]}" -smp 2 -nographic -no-reboot \
    -kernel "$image" -initrd "$work/initramfs" -append "quiet panic=-1 $append" </dev/null |
    tr -d '\r' | tee "$work/out" || true
  echo "== $pair: $((SECONDS - begun)) s"
  said=build/vm/${pair//\//+}.txt
  grep -ao 'CHECK .*' "$work/out" >"$said" || true
  grep -aq '^VM-DONE' "$work/out" || echo 'CHECK end FAILED it did not come to its end' >>"$said"
  ! grep -aq FAILED "$said" || status=1
done
node test/vm/matrix.cjs build/vm
exit "$status"
