#!/bin/sh
# /usr/local/bin/jinlin, mode 0755: the program with the settings of the services.
# Use: sudo -u jinlin jinlin COMMAND
set -eu
set -a
. /etc/jinlin/jinlin.env
set +a
exec /opt/jinlin/.venv/bin/jinlin "$@"
