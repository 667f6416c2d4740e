# Starts a PostgreSQL in a directory of its own, says "ready", and takes it all
# away when standard input ends: that is when the program that started it ends.
# Arguments: directory with PostgreSQL's programs, port.
set -eu
bin=$1
port=$2

tmp=${TMPDIR:-/tmp}
[ -w "$tmp" ] || tmp=/tmp
dir=$(mktemp -d "$tmp/quittance-pg-XXXXXX")
trap 'rm -rf "$dir"' EXIT

"$bin/initdb" -D "$dir/data" -A trust -U postgres --no-sync --locale=C.UTF-8 -E UTF8 >"$dir/initdb.log" 2>&1 || {
	cat "$dir/initdb.log" >&2
	exit 1
}
# Durability costs time and buys a throw-away server nothing.
"$bin/pg_ctl" -D "$dir/data" -w -t 60 -l "$dir/log" -o "-p $port -k '$dir' \
	-c listen_addresses=127.0.0.1 -c max_connections=300 \
	-c shared_buffers=512MB -c fsync=off -c full_page_writes=off -c synchronous_commit=off" start >/dev/null || {
	cat "$dir/log" >&2
	exit 1
}
trap '"$bin/pg_ctl" -D "$dir/data" -m immediate stop >/dev/null 2>&1; rm -rf "$dir"' EXIT
trap 'exit 0' TERM INT HUP

echo ready
cat >/dev/null
