#!/bin/sh
# Breaks a copy of account-core in every way that cargo-mutants knows, and counts what its tests notice: in about half an hour.
#
# The tests of the report's page are left out: each starts a browser. Leaves the figures in
# target/reliability/generated.json and the survivors in target/reliability/mutants.out/missed.txt. Fails where fewer than
# nine in ten are caught.
set -eu
cd "$(dirname "$0")/../.."

version=27.1.0
: "${CARGO_MUTANTS:=target/tools/bin/cargo-mutants}"
[ -x "$CARGO_MUTANTS" ] || cargo install --quiet --locked --root target/tools --version "$version" cargo-mutants

out=target/reliability
mkdir -p "$out"
# Each core has a copy, and a folder to build in, of its own. Shrinking only costs time here.
unset CARGO_TARGET_DIR
export PROPTEST_MAX_SHRINK_ITERS=0 CARGO_INCREMENTAL=1
mutate() {
    # 2 is that a mutant survives, 3 that one takes too long: the share decides. All else is that nothing was shown.
    "$CARGO_MUTANTS" mutants --package account-core --jobs "$(nproc)" --no-shuffle --minimum-test-timeout 60 --output "$out" "$@" ||
        case $? in 2 | 3) ;; *) exit 1 ;; esac
}
count() { wc -l <"$out/mutants.out/$1.txt"; }

# Most are caught by the unit tests alone, which are built in a second; what is left is tried again with all tests, of which
# some make thousands of cases.
mutate --cargo-arg=--lib "$@"
caught=$(count caught)
export CARGO_PROFILE_DEV_OPT_LEVEL=1
mutate --cargo-arg=--lib --cargo-arg=--tests --iterate "$@" -- -- --skip page::
# One that hangs is noticed too.
caught=$((caught + $(count caught) + $(count timeout)))
tried=$((caught + $(count missed)))
holds=true
[ $((caught * 10)) -ge $((tried * 9)) ] || holds=false
cat >"$out/generated.json" <<EOF
[
  {"name": "generated mutants of account-core", "value": $tried, "unit": "mutants", "bound": ">= 1", "holds": true},
  {"name": "generated mutants of account-core that are caught", "value": $caught, "unit": "mutants", "bound": ">= $(((tried * 9 + 9) / 10))", "holds": $holds}
]
EOF
echo "$caught of $tried mutants caught"
[ "$holds" = true ]
