#!/bin/sh
# Takes a backup into a folder, with the tombstones beside it; with `check` it is then restored on trial and compared.
#     backup.sh FOLDER [check]
# Run by deploy/beslutskollen-backup-hourly.timer, or by cron. Errors go to standard error, and the exit code is then not 0.
# BOT_HOME: the folder the bot is started in. BOT_COMMAND: the bot. KEEP_DAYS: how long backups are kept (60).
set -eu
cd "${BOT_HOME:-/var/lib/beslutskollen}"
bot="${BOT_COMMAND:-/opt/beslutskollen/bin/beslutskollen}"
file="$1/$(date +%F-%H%M%S).backup"
$bot backup "$file"
# Beside an SQLite file, or in var/; there is none until something has been disposed of.
for stones in disposed.jsonl var/disposed.jsonl; do
    if [ -f "$stones" ]; then cp "$stones" "$1/"; fi
done
if [ "${2:-}" = check ]; then $bot restore --check "$file"; fi
find "$1" -name '*.backup*' -mtime +"${KEEP_DAYS:-60}" -delete
