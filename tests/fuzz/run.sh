#!/bin/sh
# Fuzzes every target for FUZZ_SECONDS, one on each core, from the sample events and documents of this repository.
#
# Prints one line a target, and leaves them in target/reliability/fuzz.json. A crash leaves its input in
# target/fuzz/artifacts, says so and fails.
set -eu
cd "$(dirname "$0")/../.."

: "${FUZZ_SECONDS:=20}"
export FUZZ_SECONDS
export RUSTUP_TOOLCHAIN="${FUZZ_TOOLCHAIN:-nightly}"
results=target/reliability/fuzz.json
mkdir -p target/reliability
# What stands in the list of all figures is of another run.
rm -f "$results" target/reliability/results.json

figure() { printf '{"name": "fuzz: %s", "value": %d, "unit": "%s", "bound": "%s", "holds": %s}' "$@"; }

holds() { if [ "$@" ]; then echo true; else echo false; fi; }

if ! cargo --version >/dev/null 2>&1; then
    echo "SKIPPED: nothing is fuzzed, since there is no $RUSTUP_TOOLCHAIN toolchain of Rust." >&2
    # Where CI is set, nothing is skipped.
    [ -z "${CI:-}" ] || exit 1
    printf '[%s]\n' "$(figure "skipped, there is no $RUSTUP_TOOLCHAIN toolchain" 0 targets none true)" >"$results"
    exit 0
fi

# A copy for each target: what it finds is added to it.
corpus() {
    mkdir -p "target/fuzz/corpus/$1" "target/fuzz/artifacts/$1"
    case "$1" in
    *_event) cp events/*.json tests/it/events/*.json "target/fuzz/corpus/$1/" ;;
    policy) cp tests/it/src/local/policy.yaml "target/fuzz/corpus/$1/" ;;
    esac
    if [ -d "tests/fuzz/seeds/$1" ]; then
        cp "tests/fuzz/seeds/$1"/* "target/fuzz/corpus/$1/"
    fi
}

# cargo-fuzz itself would write a lock file that does not fit anew.
cargo fetch --quiet --locked --manifest-path tests/fuzz/Cargo.toml
.venvs/cargo-fuzz/bin/cargo-fuzz fuzz build --fuzz-dir tests/fuzz --target-dir target/fuzz --sanitizer none \
    --codegen-units 16 -Z profile-hint-mostly-unused

echo '[' >"$results"
names=$(basename -s .rs tests/fuzz/targets/*.rs)
for name in $names; do
    corpus "$name"
    rm -f "target/fuzz/$name.crashed"
done
echo "$names" | xargs -P "$(nproc)" -I NAME sh -c '
    target/fuzz/x86_64-unknown-linux-gnu/release/NAME target/fuzz/corpus/NAME -max_total_time="$FUZZ_SECONDS" \
        -max_len=65536 -timeout=10 -rss_limit_mb=512 -print_final_stats=1 -artifact_prefix=target/fuzz/artifacts/NAME/ \
        >target/fuzz/NAME.log 2>&1 || touch target/fuzz/NAME.crashed'

# The policies are the slowest: some hundred a second.
least=$((FUZZ_SECONDS * 50))
# The process as a whole, in MiB: the heap, which has 32, and the corpus.
memory=64
failed=0
total=0
most=0
for name in $names; do
    log="target/fuzz/$name.log"
    crashes=0
    [ ! -e "target/fuzz/$name.crashed" ] || crashes=1
    runs=$(awk '/stat::number_of_executed_units/ { print $2 }' "$log")
    peak=$(awk '/stat::peak_rss_mb/ { print $2 }' "$log")
    printf '%-16s %10s inputs  %d crashes  %4s MiB at most\n' "$name" "${runs:-0}" "$crashes" "${peak:-?}"
    if [ "$crashes" -ne 0 ] || [ "${runs:-0}" -lt "$least" ]; then
        failed=$((failed + 1))
        tail -n 20 "$log" >&2
    fi
    total=$((total + ${runs:-0}))
    [ "${peak:-0}" -le "$most" ] || most=$peak
    {
        figure "$name, inputs" "${runs:-0}" inputs ">= $least" "$(holds "${runs:-0}" -ge "$least")" && echo ,
        figure "$name, crashes" "$crashes" crashes '= 0' "$(holds "$crashes" -eq 0)" && echo ,
        figure "$name, memory at most" "${peak:-0}" MiB "<= $memory" "$(holds "${peak:-0}" -le "$memory")" && echo ,
    } >>"$results"
done
printf '%-16s %10s inputs  %d targets failed  %4s MiB at most\n' 'all together' "$total" "$failed" "$most"
{
    figure 'all together, inputs' "$total" inputs ">= $((least * 1000))" "$(holds "$total" -ge $((least * 1000)))" && echo ,
    figure 'all together, memory at most' "$most" MiB "<= $memory" "$(holds "$most" -le "$memory")" && echo ']'
} >>"$results"
[ "$failed" -eq 0 ]
