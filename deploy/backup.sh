#!/bin/sh
# Takes a backup into a folder, with the tombstones beside it; with `check` it is then restored on trial and compared.
#     backup.sh FOLDER [check]
# Run by deploy/beslutskollen-backup-hourly.timer, or by cron; what is wrong goes to standard error, and it ends with 1 or more.
# BOT_HOME: where the bot is started. BOT_COMMAND: the bot.
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
