# For scripts that run scheduling twice: source it with `root` set to the repository, and `build` to its build. Once `dir`, the folder of a stack, has
# that stack running, find_second; the second replica is the first's command line on ports of its own.
second=
command=()
find_second() {
  source "$dir/stack.conf"
  port=$((port_base + 18))
  mapfile -d '' -t command <"/proc/$(cat "$dir/pid/scheduling")/cmdline"
  local i
  for i in "${!command[@]}"; do
    case ${command[$i]} in
      --port=*) command[i]="--port=$port" ;;
      --metrics-port=*) command[i]="--metrics-port=$((port + 1))" ;;
    esac
  done
}
start_second() {
  setsid "${command[@]}" >>"$dir/scheduling-2.log" 2>&1 </dev/null &
  second=$!
}
kill_first() { "$root/deploy/stack" kill "$dir" scheduling && "$root/deploy/stack" run "$dir" scheduling; }
kill_second() { kill -KILL "$second"; wait "$second" 2>/dev/null; start_second; }
stop_second() { [[ -z $second ]] || kill -TERM "$second" 2>/dev/null; }
# A stack of its own in a folder that it empties before: start_own_stack DIR PORT_BASE
start_own_stack() {
  [[ ! -d $1 ]] || "$root/deploy/stack" stop "$1" >/dev/null 2>&1
  if [[ -L $1/postgres ]]; then rm -rf "$(realpath "$1/postgres")"; fi
  rm -rf "$1"
  "$root/deploy/stack" start "$1" --port-base "$2" --fast --no-gateway
}
