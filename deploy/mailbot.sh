#!/bin/sh
# A command of mailbot as its service would run it: the same user, database, credentials and bounds, taken from the unit.
# For root; install as /usr/local/bin/mailbot. The exit code is the command's.
set -eu

# What the unit says of the process, its drop-ins included, but for what makes it a service.
properties() {
    systemctl cat mailbot.service | sed -n '/^\[Service\]/,/^\[[^S]/p' | grep -E '^[A-Z][A-Za-z]+=' |
        grep -Ev '^(Type|NotifyAccess|Exec|Restart|Watchdog|Timeout)'
}

set -- /opt/mailbot/venv/bin/mailbot "$@"
# Backwards, since each is put in front of the others, and their order counts.
while IFS= read -r line; do
    set -- "--property=$line" "$@"
done <<END
$(properties | tac)
END
exec systemd-run --quiet --collect --wait --pipe --service-type=exec \
    --setenv=MAILBOT_CONFIG=/etc/mailbot/config.toml "$@"
