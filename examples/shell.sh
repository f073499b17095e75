#!/bin/sh
# The program from a shell: one picture, a batch that is started twice, and what
# it cost. Against a sandbox of its own; `make demo` runs it.
#   sh examples/shell.sh [FOLDER]
# LIANGXIN: how the program is called; default liangxin.
set -eu
folder=${1:-demo/shell}
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)
export XDG_DATA_HOME="$folder" XDG_CONFIG_HOME="$folder" # nothing of yours is touched

run() {
  echo "$ liangxin $*"
  ${LIANGXIN:-liangxin} "$@"
}

${LIANGXIN:-liangxin} sandbox --speed 4 >"$folder/exports" &
sandbox=$!
trap 'kill $sandbox' EXIT
until [ "$(wc -l <"$folder/exports")" -ge 2 ]; do sleep 0.1; done
# shellcheck disable=SC1091
. "$folder/exports"

cat >"$folder/rows.csv" <<'ROWS'
key,model,prompt,image_size
hero,z-image,"a tea house by a lake, dawn",square
villain,z-image,"a dark forest, fog",square
home,z-image,a mountain village in the snow,square
ROWS

run generate z-image "a lighthouse at night" image_size=square seed=7 -o "$folder/lighthouse.png"
run validate "$folder/rows.csv"
run batch "$folder/rows.csv" -o "$folder"
run batch "$folder/rows.csv" -o "$folder" # nothing is sent, nothing is paid again
run spend
