# Outlives a killed worker and ends what it leaves behind.
# $1 is the marker that every process of the worker has in its environment. Standard input brings lines "+ GROUP" and
# "- GROUP"; its end means that the worker is gone.
trap '' HUP INT TERM PIPE
marker=$1
groups=' '
while read -r sign group; do
    case $sign in
    +) groups="$groups$group " ;;
    -) case $groups in *" $group "*) groups="${groups%% $group *} ${groups#* $group }" ;; esac ;;
    esac
done

carriers() {
    grep -l -F -e "$marker" /proc/[0-9]*/environ 2>/dev/null | while IFS=/ read -r _ _ pid _; do
        echo "$pid"
    done
}

send() {
    for group in $groups; do
        kill -s "$1" -- "-$group" 2>/dev/null
    done
    for pid in $carrying; do
        kill -s "$1" "$pid" 2>/dev/null
    done
}

carrying=$(carriers)
if [ -n "$carrying$(echo $groups)" ]; then
    send TERM
    sleep 0.3
    # One KILL to a group takes all of it, those that fork included. Whether any is left cannot be asked of the group:
    # zombies count. Those that are found by their marker are looked for until there are none.
    tries=0
    carrying=$(carriers)
    while [ $tries -lt 2 ] || [ -n "$carrying" -a $tries -lt 100 ]; do
        send KILL
        sleep 0.02
        carrying=$(carriers)
        tries=$((tries + 1))
    done
fi
