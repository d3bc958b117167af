#!/usr/bin/env bash
# Runs all of Cairn on this machine: no cloud, no emulator.
#   ./run.sh [--port 7071] [--data ./data] [--demo]
#
#   --port N   where it listens, on 127.0.0.1 (default 7071)
#   --data D   the folder that holds everything it keeps (default: data, beside this script)
#   --demo     fills the first project with 90 days of a believable product's history
#   --help     this text
set -euo pipefail
caller=$PWD
cd "$(dirname "$0")"
arguments=()
while [ $# -gt 0 ]; do
  case "$1" in
    -h|--help) sed -n '2,8s/^# \{0,1\}//p' run.sh; exit 0 ;;
    --demo) export CAIRN_DEMO=1 ;;
    # A folder is meant from where the command was typed.
    --data)
      arguments+=(--data)
      if [ $# -gt 1 ]; then
        shift
        case "$1" in /*) arguments+=("$1") ;; *) arguments+=("$caller/$1") ;; esac
      fi ;;
    *) arguments+=("$1") ;;
  esac
  shift
done
. scripts/machine.sh
need_dotnet

binary=artifacts/bin/Functions/release/Cairn.Functions
# Build only when a source is newer than the binary.
if [ ! -x "$binary" ] || [ -n "$(find src host.json Directory.* global.json -newer "$binary" -type f \
    \( -name '*.cs' -o -name '*.csproj' -o -name '*.json' -o -name '*.props' -o -name '*.targets' -o -name '*.html' -o -name '*.css' -o -name '*.js' \) -print -quit)" ]; then
  say "building"
  dotnet build src/Functions/Functions.csproj -c Release --nologo -v quiet -clp:ErrorsOnly
  touch "$binary"
fi
exec "$binary" ${arguments[@]+"${arguments[@]}"}
