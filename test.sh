#!/usr/bin/env bash
# Builds everything and runs every suite, on a fresh Debian machine with the .NET 10 SDK and Node 20.
#   ./test.sh            the suites within their budgets (CONTRIBUTING.md has the table)
#   ./test.sh --full     the random suites with the counts that are published
#   ./test.sh FILTER     only tests whose full name contains FILTER, e.g. ./test.sh Funnels
set -euo pipefail
cd "$(dirname "$0")"
. scripts/machine.sh

full=0; filter=""
for argument in "$@"; do
  case "$argument" in
    --full) full=1 ;;
    -h|--help) sed -n '2,5s/^# \{0,1\}//p' "$0"; exit 0 ;;
    *) filter="$argument" ;;
  esac
done

need_dotnet; need_node; need_npm_tools; need_chromium; need_wrk
export CAIRN_TEST_FULL=$full

say "building"
dotnet build Functions.sln --nologo -v quiet -clp:ErrorsOnly

results=artifacts/test-results; rm -rf "$results"; mkdir -p "$results"
failed_suites=0
run_suite() { # name, project, budget in seconds
  local started=$SECONDS status=0
  say "$1 (budget $3 s)"
  local arguments=(test "$2" --no-build --nologo -v quiet --logger "trx;LogFileName=$1.trx" --results-directory "$results")
  if [ -n "$filter" ]; then arguments+=(--filter "FullyQualifiedName~$filter"); fi
  dotnet "${arguments[@]}" || status=$?
  local took=$((SECONDS - started))
  echo "$1: $took s of $3 s"
  if [ "$status" != 0 ]; then failed_suites=$((failed_suites + 1)); fi
  # A budget is a promise to the reader, not a verdict on a busy machine: say it, do not fail on it.
  if [ "$full" = 0 ] && [ "$took" -gt "$3" ]; then echo "$1 took longer than its budget; see CONTRIBUTING.md"; fi
}

run_suite behaviour tests/Behaviour/Behaviour.csproj 360
run_suite end-to-end tests/EndToEnd/EndToEnd.csproj 240
# The stores' suites over Microsoft's clients; nothing else here needs those packages.
if [ "$full" = 1 ]; then
  say "official packages"
  AzurePackages=nuget dotnet test tests/Official --artifacts-path artifacts/nuget --nologo -v quiet \
    --logger "trx;LogFileName=official.trx" --results-directory "$results" || failed_suites=$((failed_suites + 1))
fi

count() { # sums one attribute of the Counters element over all result files
  sed -n "s/.*<Counters .*[[:space:]]$1=\"\([0-9]*\)\".*/\1/p" "$results"/*.trx 2>/dev/null | awk '{ sum += $1 } END { print sum + 0 }'
}
passed=$(count passed); failed=$(count failed)
echo "$passed passed, $failed failed"
if [ "$passed" = 0 ] && [ -z "$filter" ]; then say "no test ran"; exit 1; fi
[ "$failed" = 0 ] && [ "$failed_suites" = 0 ]
