#!/usr/bin/env bash
# Builds a Rust toolchain with the target wasm32-unknown-unknown from Debian's packages, for machines that cannot reach
# rustup's servers. `npm start`, `npm test` and the other scripts run it with WASM_TARGET_FROM=debian.
#
#   scripts/debian-toolchain.sh [--override DIR] [--force] [--verbose] [--help]
#
# It unpacks Debian's rustc-web packages into a private folder and links that into rustup as the toolchain `debian-wasm`.
# Debian has no std for wasm32-unknown-unknown, so it is built from Debian's rust-web-src. Nothing is installed into the
# system. Root is needed only if apt's lists must be refreshed; a line says so before.
#
#   --override DIR   sets debian-wasm for DIR (`rustup override set debian-wasm --path DIR`), which beats the
#                    rust-toolchain.toml there, so that plain `cargo` in DIR uses it
#   --force          builds debian-wasm again although it is there
#   --verbose        says on standard error what it does
#
#   WASM_TOOLCHAIN_DIR   the folder of debian-wasm; default ${XDG_CACHE_HOME:-~/.cache}/debian-wasm-toolchain
#
# Standard output is one line, `toolchain=NAME rustc=VERSION`.
# Trouble is one line on standard error, after the output of the tool that failed, and a status of 1.
set -euo pipefail

TARGET=wasm32-unknown-unknown
NAME=debian-wasm
MIN_MINOR=90 # the oldest Rust 1.x that builds the project and its tools
BASE=${WASM_TOOLCHAIN_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/debian-wasm-toolchain}
OVERRIDE= FORCE=0 VERBOSE=0

say() { [ $VERBOSE = 0 ] || printf '[%3ds] %s\n' $SECONDS "$*" >&2; }
die() {
  printf '%s\n' "$*" >&2
  exit 1
}

while [ $# -gt 0 ]; do
  case $1 in
    --override) OVERRIDE=${2:?--override needs a directory} && shift ;;
    --force) FORCE=1 ;;
    --verbose) VERBOSE=1 ;;
    -h | --help) sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//;p;}' "$0" && exit 0 ;;
    *) die "unknown option $1; see --help" ;;
  esac
  shift
done
case $BASE in /*) ;; *) BASE=$PWD/$BASE ;; esac
[ -z "$OVERRIDE" ] || cd "$OVERRIDE"
HERE=$PWD

# What the caller exported must not leak into the probes or into std.
unset RUSTC RUSTC_WRAPPER RUSTC_WORKSPACE_WRAPPER RUSTFLAGS CARGO_ENCODED_RUSTFLAGS RUSTC_BOOTSTRAP
unset CARGO_BUILD_TARGET CARGO_BUILD_RUSTFLAGS CARGO_TARGET_DIR CARGO_BUILD_TARGET_DIR
export RUSTUP_AUTO_INSTALL=0 # rustup must download nothing, also not what rust-toolchain.toml names

WORK=$(mktemp -d "${TMPDIR:-/tmp}/debian-toolchain.XXXXXX")
trap 'rm -rf "$WORK"' EXIT

# --- looking ------------------------------------------------------------------------------------------

version_of() { # "" or a toolchain's name
  ${1:+rustup run "$1"} rustc -V 2>/dev/null | cut -d' ' -f2
}

new_enough() { # a version such as 1.96.0 or 1.96.0+dfsg1-1~deb12u2
  local minor=${1#1.}
  minor=${minor%%.*}
  case $1 in 1.*) [ "$minor" -ge $MIN_MINOR ] 2>/dev/null ;; *) return 1 ;; esac
}

usable() { # "" or a toolchain's name: new enough, with std for the target, cargo, clippy and rustfmt
  local run=${1:+rustup run $1} libs
  new_enough "$(version_of "$1")" || return 1
  libs=$($run rustc --print target-libdir --target $TARGET 2>/dev/null) || return 1
  ls "$libs"/libstd-*.rlib >/dev/null 2>&1 || return 1
  { $run cargo -V && $run cargo-clippy -V && $run rustfmt -V; } >/dev/null 2>&1
}

links() { # a rustc command: it links a module that uses std, and the module runs
  printf '%s' '#[no_mangle] pub extern "C" fn probe(n: u32) -> u32 {
    (0..n).map(|x| format!("{x}")).collect::<Vec<_>>().concat().len() as u32 }' >"$WORK/probe.rs"
  rm -f "$WORK/probe.wasm"
  "$@" --edition 2021 --crate-type cdylib --target $TARGET -Copt-level=s -Clto -Cpanic=abort \
    -o "$WORK/probe.wasm" "$WORK/probe.rs" >"$WORK/probe.log" 2>&1 || return 1
  ! command -v node >/dev/null || node -e 'WebAssembly.instantiate(require("fs").readFileSync(process.argv[1]))
    .then((m) => process.exit(m.instance.exports.probe(100) === 190 ? 0 : 1))' "$WORK/probe.wasm"
}

use_debian() {
  if [ -n "$OVERRIDE" ]; then
    rustup override set $NAME --path "$OVERRIDE" >/dev/null 2>&1 ||
      die "rustup could not write its settings; run: rustup override set $NAME"
    [ "$(version_of "")" = "$(version_of $NAME)" ] ||
      die "the toolchain $NAME is set for this folder, but ${RUSTUP_TOOLCHAIN:+RUSTUP_TOOLCHAIN=}${RUSTUP_TOOLCHAIN:-another setting} beats it; see: rustup show"
  fi
  echo "toolchain=$NAME rustc=$(version_of $NAME)"
  exit 0
}

command -v rustup >/dev/null || die "rustup is not installed; on Debian: apt-get install rustup, or https://rustup.rs"
[ $FORCE = 1 ] || ! usable $NAME || use_debian

# --- downloading --------------------------------------------------------------------------------------

cd "$WORK" # away from the project's rust-toolchain.toml and .cargo/config.toml
for tool in apt-get apt-cache dpkg-deb dpkg-query tar; do
  command -v $tool >/dev/null ||
    die "this is not Debian: $tool is missing; unset WASM_TARGET_FROM, and rustup installs the target"
done
command -v cc >/dev/null || die "no C compiler; install one: apt-get install build-essential"
HOST=$(rustc -vV 2>/dev/null | sed -n 's/^host: //p') && CARGO=$(rustup which cargo 2>/dev/null) ||
  die "rustup has no default toolchain whose cargo could be used; run: rustup default stable"

candidate() { apt-cache policy "$1" 2>/dev/null | sed -n 's/^  Candidate: //p' | grep -v '(none)' || true; }
depends() { apt-cache show "$1" | sed -n 's/^Depends: //p' | head -1 | tr ',' '\n' | sed 's/^ *//; s/ .*//'; }
refresh() {
  echo "Runs as root: apt-get update" >&2
  if [ "$(id -u)" = 0 ]; then apt-get update -qq >&2
  elif sudo -n true 2>/dev/null; then sudo -n apt-get update -qq >&2
  else return 1; fi
}

# A new machine's lists may know nothing, or only the first rustc-web of the release, which is too old.
new_enough "$(candidate rustc-web)" || refresh || true
VERSION=$(candidate rustc-web)
new_enough "$VERSION" ||
  die "apt offers rustc-web ${VERSION:-in no version}, needed is 1.$MIN_MINOR or newer; run: apt-get update (and see that Debian's security archive is among the sources)"

download() { # everything into $WORK/debs
  local packages package runtime llvm lld
  VERSION=$(candidate rustc-web)
  runtime=$(depends "libstd-rust-web-dev=$VERSION" | grep -m1 '^libstd-rust-web-[0-9]') &&
    llvm=$(depends "$runtime=$VERSION" | grep -m1 '^libllvm[0-9]') || die "apt does not tell what libstd-rust-web-dev=$VERSION depends on"
  lld=lld-${llvm#libllvm}
  packages="rustc-web=$VERSION $runtime=$VERSION libstd-rust-web-dev=$VERSION rust-web-src=$VERSION"
  packages="$packages rust-web-clippy=$VERSION rustfmt-web=$VERSION $llvm $lld"
  # Shared libraries that this machine lacks; on most there are none.
  for package in $(apt-cache depends --recurse --no-recommends --no-suggests --no-conflicts --no-breaks \
    --no-replaces --no-enhances "$runtime" "$lld" | grep '^[a-z0-9]' | sort -u); do
    case " $packages " in *" $package "* | *" $package="*) continue ;; esac
    dpkg-query -W -f='${db:Status-Abbrev}' "$package" 2>/dev/null | grep -q '^ii' || packages="$packages $package"
  done
  rm -rf "$WORK/debs" && mkdir "$WORK/debs"
  say "apt-get download $packages"
  (cd "$WORK/debs" && apt-get download -qq $packages >"$WORK/apt.log" 2>&1)
}
download || { refresh && download; } || {
  cat "$WORK/apt.log" >&2
  die "apt-get could not download Debian's Rust packages (above)"
}

say "unpacking $(du -sh "$WORK/debs" | cut -f1)"
STAGE=$WORK/toolchain
MULTIARCH=$(dpkg-architecture -qDEB_HOST_MULTIARCH 2>/dev/null || cc -print-multiarch)
mkdir -p "$WORK/x" "$STAGE/bin" "$STAGE/lib/rustlib/$HOST/bin" "$STAGE/lib/rustlib/src/rust"
for deb in "$WORK"/debs/*.deb; do
  case $deb in
    */rust-web-src_*) dpkg-deb --fsys-tarfile "$deb" |
      tar -x -C "$WORK/x" --wildcards --exclude='*/library/vendor' './usr/src/rustc-*/library' ;;
    *) dpkg-deb --fsys-tarfile "$deb" | tar -x -C "$WORK/x" --exclude=./usr/share ;;
  esac
done
X=$WORK/x/usr
mv "$X"/bin/{rustc,rustdoc,clippy-driver,cargo-clippy,rustfmt,cargo-fmt} "$STAGE/bin/"
cp -a "$X/lib/$MULTIARCH"/*.so* "$STAGE/lib/"
[ ! -d "$WORK/x/lib/$MULTIARCH" ] || cp -a "$WORK/x/lib/$MULTIARCH"/*.so* "$STAGE/lib/"
mv "$X/lib/rustlib/$HOST/lib" "$STAGE/lib/rustlib/$HOST/lib"
cp "$X"/lib/llvm-*/bin/lld "$STAGE/lib/rustlib/$HOST/bin/rust-lld"
mv "$X"/src/rustc-*/library "$STAGE/lib/rustlib/src/rust/library"
[ ! -d "$X/libexec" ] || mv "$X/libexec" "$STAGE/libexec"
ln -s "$(readlink -f "$CARGO")" "$STAGE/bin/cargo" # rustup's cargo drives Debian's rustc

export LD_LIBRARY_PATH=$STAGE/lib
RUSTC=$STAGE/bin/rustc
"$RUSTC" -vV >"$WORK/rustc.log" 2>&1 || {
  cat "$WORK/rustc.log" >&2
  die "Debian's rustc does not start on this machine (above)"
}
RELEASE=$(sed -n 's/^release: //p' "$WORK/rustc.log")
HASH=$(sed -n 's/^commit-hash: //p' "$WORK/rustc.log")

say "building std $RELEASE for $TARGET"
LIBRARY=$STAGE/lib/rustlib/src/rust/library
# As Rust's own bootstrap does it for this target: the package `sysroot` in the profile `dist`, every crate
# unstable unless marked, paths mapped to /rustc/HASH.
PROFILE=dist
grep -q '^\[profile.dist\]' "$LIBRARY/Cargo.toml" || PROFILE=release
(
  cd "$LIBRARY"
  flags="-Zforce-unstable-if-unmarked"$'\x1f'"-Cembed-bitcode=yes"
  flags="$flags"$'\x1f'"--remap-path-prefix=$LIBRARY=/rustc/$HASH/library"
  flags="$flags"$'\x1f'"--remap-path-prefix=${CARGO_HOME:-$HOME/.cargo}/registry/src=/rust/deps"
  export RUSTC RUSTC_BOOTSTRAP=1 __CARGO_DEFAULT_LIB_METADATA=stablestd CARGO_INCREMENTAL=0
  export CARGO_TARGET_DIR=$WORK/target CARGO_ENCODED_RUSTFLAGS=$flags
  "$STAGE/bin/cargo" build --locked --manifest-path sysroot/Cargo.toml --profile $PROFILE --target $TARGET \
    --features panic-unwind,compiler-builtins-mem
) >"$WORK/std.log" 2>&1 || {
  tail -40 "$WORK/std.log" >&2
  die "std could not be built (above); its locked dependencies come from crates.io"
}
LIBS=$STAGE/lib/rustlib/$TARGET/lib
mkdir -p "$LIBS"
cp "$WORK/target/$TARGET/$PROFILE/deps"/lib*.rlib "$LIBS/"

links "$RUSTC" || {
  cat "$WORK/probe.log" >&2
  die "the new toolchain does not link $TARGET (above)"
}
{
  echo "debian=$VERSION"
  echo "rustc=$RELEASE $HASH"
  (cd "$WORK/debs" && sha256sum ./*.deb)
} >"$STAGE/SOURCES"

DEST=$BASE/$(printf %s "$VERSION" | tr '~+:' '___')
mkdir -p "$BASE"
rm -rf "$DEST"
mv "$STAGE" "$DEST"
unset LD_LIBRARY_PATH
rustup toolchain uninstall $NAME >/dev/null 2>&1 || true
rustup toolchain link $NAME "$DEST" >"$WORK/link.log" 2>&1 || {
  cat "$WORK/link.log" >&2
  die "rustup could not link the toolchain $NAME (above)"
}
cd "$HERE"
usable $NAME || die "the toolchain $NAME in $DEST is not complete; remove it and run this again"
for old in "$BASE"/*; do [ "$old" = "$DEST" ] || rm -rf "$old"; done
say "$(du -sh "$DEST" | cut -f1) in $DEST"
use_debian
