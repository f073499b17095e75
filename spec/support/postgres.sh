#!/bin/sh
# A PostgreSQL server of a spec's own in FOLDER, on PORT of loopback, until its
# stdin ends: sh postgres.sh BIN FOLDER PORT SETTING... The user "liangxin" needs
# no password. Lines on stdin: "launch", and "kill SIGNAL" for its first process;
# "copy" keeps what it has, "failover" has that take its place, as a standby that
# is promoted. Each is answered by a line in FOLDER/done. The server's words go to
# FOLDER/log.
set -u
bin=$1 folder=$2 port=$3
shift 3
as=
if [ "$(id -u)" = 0 ]; then # which the server refuses
  user=postgres
  id "$user" >/dev/null 2>&1 || user=nobody
  as="setpriv --reuid=$user --regid=$(id -g "$user") --clear-groups"
  chown "$user" "$folder"
fi
data=$folder/data
pid=

# launch SETTING...
# shellcheck disable=SC2086
launch() {
  until "$bin/pg_isready" -q -h 127.0.0.1 -p "$port"; do
    if [ -z "$pid" ] || ! kill -0 "$pid" 2>/dev/null; then
      $as "$bin/postgres" -D "$data" -p "$port" -h 127.0.0.1 -k '' "$@" </dev/null &
      pid=$!
    fi
    sleep 0.05
  done
}

end() {
  [ -z "$pid" ] || { kill -"$1" "$pid" && wait "$pid"; } 2>/dev/null
  pid=
}

{
  # shellcheck disable=SC2086
  $as "$bin/initdb" -D "$data" -U liangxin -A trust -E UTF8 --locale=C --no-sync \
    --wal-segsize=1
  launch "$@"
} >"$folder/log" 2>&1
echo ready >>"$folder/done"
while read -r word signal; do
  case $word in
  launch) launch "$@" ;;
  kill) end "$signal" ;;
  copy)
    end INT
    cp -a "$data" "$folder/copy"
    launch "$@"
    ;;
  failover)
    end KILL
    rm -rf "$data"
    mv "$folder/copy" "$data"
    cp -a "$data/PG_VERSION" "$data/standby.signal"
    launch "$@"
    "$bin/psql" -XAtq -h 127.0.0.1 -p "$port" -U liangxin -d postgres -c 'SELECT pg_promote()'
    ;;
  esac >>"$folder/log" 2>&1
  echo "$word" >>"$folder/done"
done
end INT >>"$folder/log" 2>&1
rm -rf "$folder"
