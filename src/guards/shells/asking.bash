# What a shim and strict mode share: whether the program $name may run with these arguments. The process is $pid.
may_run() {
  local quote="'" inner="'\\''" word text=$name
  for word; do text+=" '${word//$quote/$inner}'"; done
  trap '' PIPE
  { ask_quickly; } 2>/dev/null || ask_slowly
}

# One round trip to the window's broker, without starting a program. Everything but a clean "run" is asked the slow way.
ask_quickly() {
  local entry=$gate/../windows/${COUNTERSIGN_WINDOW-}.quick port token
  case ${COUNTERSIGN_WINDOW-} in '' | *[!A-Za-z0-9-]*) return 1 ;; esac
  (( ${#text} < 262144 )) || return 1
  IFS=" " read -r port token <"$entry" || [[ -n $token ]] || return 1
  case $port in '' | *[!0-9]*) return 1 ;; esac
  # On the function, so that a descriptor 9 of the caller's is there again afterwards.
  talk 9<>"/dev/tcp/127.0.0.1/$port"
}

talk() {
  local answer
  { printf '%s\0' "countersign 1 $token" ask program "$BASH" "$pid" "$PWD" "$text" '' && export -p && printf '\0'; } >&9 || return 1
  while IFS= read -r -t 1 -u 9 answer; do
    case $answer in
      run) return 0 ;;
      'say '*) ;;
      'define '*) printf 'definitions\0\0' >&9 || return 1 ;;
      *) return 1 ;;
    esac
  done
  return 1
}

# Shows what is held and why, and waits. The tool's own input and output are none of its business.
ask_slowly() {
  local status stopped=
  trap 'stopped=1' INT
  if (( ${#text} < 100000 )); then
    "$gate/ask" program "$BASH" "$pid" "$text" </dev/null >&2
  else
    "$gate/ask" program "$BASH" "$pid" - <<<"$text" >&2
  fi
  status=$?
  trap - INT
  # Whoever pressed Ctrl+C meant the caller as well.
  [[ -z $stopped ]] || kill -INT "$$"
  (( status == @RUN@ )) && return 0
  (( status != 127 )) || printf 'Countersign is gone, so %s was not run. Open a new terminal.\n' "$name" >&2
  return 1
}
