#!/usr/bin/env bash
# Prints the tables behind docs/performance.md: tests/Benchmarks/scale.sh [part…], with all parts by default. Each part takes at most 3 minutes;
# the machine should do nothing else. TTS_NO_BUILD=1 measures what was built last.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

parts=(contexts float open listeners sessions burst long-session refused noisy cluster)
started=()
folder=""

# Stops what a part has started, in the other order.
stop() {
  local i
  for ((i = ${#started[@]} - 1; i >= 0; i--)); do
    kill "${started[i]}" 2>/dev/null || true
    wait "${started[i]}" 2>/dev/null || true
  done
  started=()
  [ -z "$folder" ] || rm -rf "$folder"
  folder=""
}
trap stop EXIT

# bench OPTION…: prints the command and its table.
bench() {
  printf '\n```sh\n./tts bench %s\n```\n\n' "${shown:-$*}"
  ./tts bench "$@" || echo 'Not all was as it should be, or there is no result: see standard error.'
}

# wait_for FILE TEXT: prints the first line of FILE with TEXT, once it is there.
wait_for() {
  local line
  for _ in $(seq 1200); do
    line=$(grep -m 1 -- "$2" "$1" || true)
    [ -z "$line" ] || { echo "$line"; return; }
    sleep 0.1
  done
  echo "scale.sh: $1 has no line with '$2' after 2 minutes" >&2
  return 1
}

# Three silos and an API host with the scripted upstream.
cluster() {
  folder=$(mktemp -d)
  mkfifo "$folder/stdin"
  dotnet artifacts/bin/Cli/release/TtsGrains.Cli.dll bench-upstream <"$folder/stdin" >"$folder/upstream" &
  started+=($!)
  # The upstream ends when its standard input does.
  exec 7>"$folder/stdin"
  local upstream http
  upstream=$(wait_for "$folder/upstream" '^ready url=' | sed 's/^ready url=//')
  Upstreams__main__Url=$upstream ./tts cluster --silos 3 --apis 1 --http 0 7>&- >"$folder/cluster" 2>"$folder/errors" &
  started+=($!)
  http=$(wait_for "$folder/cluster" '^ready http=' | sed 's/^ready http=\([^ ]*\).*/\1/')
  printf '\n```sh\nUpstreams__main__Url=$UPSTREAM ./tts cluster --silos 3 --apis 1\n```\n'
  shown='--url http://127.0.0.1:8080 --direct $UPSTREAM --contexts 1,50 --rounds 1 --warm-ups 2' \
    bench --url "$http" --direct "$upstream" --contexts 1,50 --rounds 1 --warm-ups 2
  exec 7>&-
  stop
}

run() {
  case $1 in
    contexts) bench --contexts 10,100,500,1000 --seconds 8 --rounds 1 --warm-ups 2 ;;
    float) bench --contexts 1000 --encoding pcm_f32le --rate 44100 --seconds 10 --rounds 1 --warm-ups 1 ;;
    open) for sockets in 10 100 1000 5000; do bench --scenario idle --sockets "$sockets" --warm-ups 1; done ;;
    listeners) bench --listeners 1,10,100 --rounds 1 --warm-ups 1 ;;
    sessions) bench --contexts 500 --listeners 500 --rounds 1 --warm-ups 1 ;;
    burst) bench --scenario burst --seconds 4 --rounds 3 --warm-ups 1 ;;
    long-session) bench --scenario long-session ;;
    refused) bench --scenario refused --rounds 2 --warm-ups 1 ;;
    noisy) bench --scenario noisy --rounds 2 --warm-ups 1 ;;
    cluster) cluster ;;
    *) echo "scale.sh: there is no part $1; there are: ${parts[*]}" >&2; exit 2 ;;
  esac
}

[ $# -gt 0 ] || set -- "${parts[@]}"
for part in "$@"; do
  run "$part"
done
