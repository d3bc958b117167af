#!/usr/bin/env bash
# Measures what an event uses on its way, and writes docs/operations/cost.measured.json and cost.md from it.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/machine.sh
need_dotnet; need_node; need_npm_tools
dotnet build tests/EndToEnd/EndToEnd.csproj -c Release --nologo -v quiet -clp:ErrorsOnly
CAIRN_TEST_FULL=1 dotnet test tests/EndToEnd -c Release --no-build --nologo -v quiet --filter "FullyQualifiedName~Measuring_what_an_event_costs"
git --no-pager diff --stat -- docs/operations
