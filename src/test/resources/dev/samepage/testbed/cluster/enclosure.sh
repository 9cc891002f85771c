# Everything that one cluster consists of can be found again by the name of its enclosure: a work directory, a cgroup of
# the same name in which all its processes and containers are, and a network and mounts that end with the last of them.
#
# Makes one, says `directory DIRECTORY` and then `holder PID` of the process that holds the network and the mounts, and
# waits for the end of its standard input, which comes when whoever started this is gone, however it went. Then it ends
# all that is in the cgroup and deletes the cgroup and the directory. What others left behind is treated likewise first.
#
#   sh -c enclosure.sh enclosure PARENT ADDRESSES PRIVATE
#
# PARENT: where to make the work directory. ADDRESSES: of the loopback device. PRIVATE: directories of this machine, in
# whose place the enclosed see ones of the work directory.

# Ctrl-C in a terminal is for whoever started this.
trap '' HUP INT TERM PIPE

parent=$1
export addresses="$2" private="$3"

# The cgroups of a name, in every hierarchy.
groups() {
  for group in "/sys/fs/cgroup/$1" /sys/fs/cgroup/*/"$1"; do
    if [ -d "$group" ]; then echo "$group"; fi
  done
}

processes() {
  for group in $(groups "$1"); do
    find "$group" -name cgroup.procs -exec cat {} + 2>/dev/null
  done | sort -u
}

make_groups() {
  if [ -e /sys/fs/cgroup/cgroup.controllers ]; then
    mkdir -p "/sys/fs/cgroup/$1/daemons"
    return
  fi
  for hierarchy in /sys/fs/cgroup/*; do
    [ -e "$hierarchy/cgroup.procs" ] && [ ! -L "$hierarchy" ] || continue
    for group in "$hierarchy/$1" "$hierarchy/$1/daemons"; do
      mkdir -p "$group"
      # Nothing can run in a set without CPUs and memory, and that is how a set begins.
      for file in cpuset.cpus cpuset.mems; do
        if [ -e "$group/$file" ]; then cat "${group%/*}/$file" >"$group/$file"; fi
      done
    done
  done
}

remove_groups() {
  for group in $(groups "$1"); do
    find "$group" -depth -type d -exec rmdir {} + 2>/dev/null
  done
  [ -z "$(groups "$1")" ]
}

clean() {
  name=${1##*/}
  tries=0
  until [ -z "$(processes "$name")" ] && remove_groups "$name"; do
    tries=$((tries + 1))
    if [ $tries -gt 300 ]; then
      echo "processes of $name cannot be ended:" $(processes "$name")
      return 1
    fi
    kill -KILL $(processes "$name") 2>/dev/null
    sleep 0.1
  done
  # Their mounts ended with them, and were never to be seen from here.
  rm -rf --one-file-system "$1"
}

# A work directory is locked as long as the process is there that will delete it.
for left in "$parent"/samepage-cluster-*; do
  if [ -d "$left" ]; then
    ( flock --nonblock 9 && clean "$left" >&2 ) 9<"$left"
  fi
done

while :; do
  directory=$(mktemp --directory "$parent/samepage-cluster-XXXXXX") || exit 1
  command exec 9<"$directory" || continue
  # Somebody else may have found it before it was locked.
  if flock --nonblock 9 && [ -d "$directory" ]; then break; fi
done
echo "directory $directory"
export directory
make_groups "${directory##*/}"

(
  for group in $(groups "${directory##*/}"); do echo 0 >"$group/daemons/cgroup.procs" || exit 1; done
  exec unshare --net --mount --propagation slave sh -e -c '
    mount --make-rshared /
    for inside in $private; do
      mkdir -p "$inside" "$directory$inside"
      mount --bind "$directory$inside" "$inside"
    done
    ip link set lo up
    for address in $addresses; do ip address add "$address" dev lo; done
    echo "holder $$"
    exec sleep infinity >/dev/null 2>&1
  '
) </dev/null 9<&- &
holder=$!

while read -r ignored; do :; done
# It may not even have come as far as its cgroup.
kill -KILL $holder 2>/dev/null
{ wait $holder; } 2>/dev/null
clean "$directory"
