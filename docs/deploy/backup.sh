#!/bin/sh
# /etc/cron.daily/jinlin-backup, mode 0755, run by root: keeps a week, one backup for each weekday.
# The key in /etc/jinlin is not in it, on purpose: it is kept elsewhere.
set -eu
umask 077
. /etc/jinlin/jinlin.env
day=$(date +%u)
install -d -m 700 /backup/jinlin

if [ -n "$JINLIN_DATABASE_URL" ]; then
    sudo -u postgres pg_dump --format=custom jinlin > "/backup/jinlin/database-$day.new"
else
    sudo -u jinlin sqlite3 "$JINLIN_DATA_DIR/jinlin.db" ".backup $JINLIN_DATA_DIR/backup.db"
    mv "$JINLIN_DATA_DIR/backup.db" "/backup/jinlin/database-$day.new"
fi
mv "/backup/jinlin/database-$day.new" "/backup/jinlin/database-$day"

# After the database: whatever it names is there. Nobody has sent a photo yet where there is none.
if [ -d "$JINLIN_DATA_DIR/media" ]; then
    tar --create --gzip --file="/backup/jinlin/media-$day.tar.gz" --directory="$JINLIN_DATA_DIR" media
fi
