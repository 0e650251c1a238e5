#!/bin/sh
# Takes a backup into a folder, with the tombstones beside it; with `check` it is then restored on trial and compared.
#     backup.sh FOLDER [check]
# Run by deploy/beslutskollen-backup-hourly.timer, or by cron. Errors go to standard error, and the exit code is then not 0.
# BOT_HOME: the folder the bot is started in. BOT_COMMAND: the bot. KEEP_DAYS: how long backups are kept (60).
set -eu
cd "${BOT_HOME:-/var/lib/beslutskollen}"
bot="${BOT_COMMAND:-/opt/beslutskollen/bin/beslutskollen}"
file="$1/$(date +%F-%H%M%S).backup"
# A folder that is gone, such as a disk that is not mounted, is for the bot to refuse: it would make one for the tombstones.
if [ ! -d "$1" ]; then exec $bot backup "$file"; fi
# The tombstones of everything disposed of until now, wherever the database and its own file of them are.
$bot backup "$file" --tombstones "$1/disposed.jsonl"
if [ "${2:-}" = check ]; then $bot restore --check "$file" --tombstones "$1/disposed.jsonl"; fi
find "$1" -name '*.backup*' -mtime +"${KEEP_DAYS:-60}" -delete
