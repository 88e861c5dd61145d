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
        kill -s "$1" -- "-$group" 2>/dev/null && found=yes
    done
    for pid in $(carriers); do
        kill -s "$1" "$pid" 2>/dev/null && found=yes
    done
}

found=no
send TERM
if [ $found = yes ]; then
    sleep 0.3
    tries=0
    while [ $tries -lt 100 ]; do
        found=no
        send KILL
        [ $found = yes ] || break
        sleep 0.03
        tries=$((tries + 1))
    done
fi
