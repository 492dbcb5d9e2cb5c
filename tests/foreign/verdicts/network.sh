#!/bin/sh
# Makes a network namespace for each host, all at one bridge, and prints the process that holds it. Reads lines of a name and its
# addresses until `end`, and takes everything away when there is no more to read.
set -eu
PATH="$PATH:/usr/sbin:/sbin"
ip link set lo up
ip link add hosts type bridge
ip link set hosts up
n=0
while read -r name addresses; do
    [ "$name" != end ] || break
    setpriv --pdeathsig KILL -- unshare --net sleep infinity >/dev/null </dev/null &
    pid=$!
    until [ "$(readlink "/proc/$pid/ns/net")" != "$(readlink /proc/self/ns/net)" ]; do sleep 0.01; done
    n=$((n + 1))
    ip link add "host$n" type veth peer name eth0 netns "$pid"
    ip link set "host$n" master hosts up
    for address in $addresses; do
        nsenter --net --target "$pid" -- ip address add "$address" dev eth0
    done
    nsenter --net --target "$pid" -- ip link set lo up
    nsenter --net --target "$pid" -- ip link set eth0 up
    echo "$name $pid"
done
echo end
exec cat
