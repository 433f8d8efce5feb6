#!/bin/sh
# Breaks a copy of the code in one way at a time, and demands that the test named in the patch goes red.
#
# A patch that no longer fits, or that does not compile, is an error: then nothing is shown. Prints one line a mutant, and
# leaves them in target/reliability/mutants.json. `run.sh NAME` tries one, and leaves mutant.json: one is not all.
set -eu
cd "$(dirname "$0")/../.."

# Not the usual folder: cargo cannot tell the copy from the original.
export CARGO_TARGET_DIR="$PWD/target/mutated" CARGO_INCREMENTAL=1 RUST_BACKTRACE=0
copy=target/mutants
results="$PWD/target/reliability/mutants.json" log="$PWD/target/reliability/mutant.log"
[ -z "${1:-}" ] || results="$PWD/target/reliability/mutant.json"
mkdir -p target/reliability
rm -rf "$copy" "$results"
mkdir -p "$copy"
git ls-files -z | xargs -0 cp --parents --target-directory="$copy"

# The dependencies of the long proofs.
if [ ! -d "$CARGO_TARGET_DIR/reliability" ]; then
    mkdir -p "$CARGO_TARGET_DIR/reliability"
    for part in .fingerprint build deps; do
        cp -a "target/reliability/$part" "$CARGO_TARGET_DIR/reliability/"
    done
fi

# Of the package `it`, and its tests alone: to build those of all others takes as long again.
run() {
    (cd "$copy" && cargo --config tests/mutants/cargo.toml test --locked --quiet --profile reliability \
        --package it --test it "$@") >"$log" 2>&1
}

# A test that is red anyway catches nothing.
# shellcheck disable=SC2046 # Names are words.
run -- --exact $(sed -n 's/^Test: it //p' tests/mutants/${1:-*}.patch) ||
    { cat "$log" >&2; echo 'A test is red without any mutant.' >&2; exit 1; }

caught=0
all=0
separator='['
for patch in tests/mutants/${1:-*}.patch; do
    name=$(basename "$patch" .patch)
    test=$(sed -n 's/^Test: it //p' "$patch")
    all=$((all + 1))
    verdict='NOT CAUGHT'
    holds=false
    git apply --directory="$copy" "$patch" || { echo "$name: the patch does not fit" >&2; exit 1; }
    run --no-run || { cat "$log" >&2; echo "$name: does not compile" >&2; exit 1; }
    if ! run -- --exact "$test" && grep -q '^test result: FAILED' "$log"; then
        verdict=caught
        holds=true
        caught=$((caught + 1))
    fi
    printf '%-32s %-10s by %s\n' "$name" "$verdict" "$test"
    printf '%s\n  {"name": "mutant: %s", "value": %d, "unit": "caught", "bound": "= 1", "holds": %s}' \
        "$separator" "$name" "$([ "$holds" = true ] && echo 1 || echo 0)" "$holds" >>"$results"
    separator=','
    for file in $(sed -n 's|^+++ b/||p' "$patch"); do cp "$file" "$copy/$file"; done
done
printf '\n]\n' >>"$results"
echo "$caught of $all mutants caught"
[ "$caught" -eq "$all" ]
