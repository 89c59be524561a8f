#!@BASH@ -p
# Countersign shim, written anew by the extension: changes here are lost.
# It stands where a tool is looked for, asks whether this call may run, and becomes the real tool. -p: nothing that the
# environment carries (BASH_ENV, functions, options) has a say in here.
name=@TOOL@
gate=@DIRECTORY@
pid=$$

run() {
  trap - INT PIPE
  # A shell that inherited SHELLOPTS would not read its own guard.
  set +p
  exec -a "$name" "$real" "$@"
}

# The first one on the search path that is no shim, of this home or of another.
find_real() {
  local rest=${PATH-/usr/bin:/bin}: entry file head
  while [[ -n $rest ]]; do
    entry=${rest%%:*} rest=${rest#*:} file=${entry:-.}/$name
    [[ -f $file && -x $file && ! ${entry:-.} -ef $gate/shims ]] || continue
    head=
    IFS= read -r -d '' -n 60 head 2>/dev/null <"$file"
    [[ $head == '#!'*$'\n# Countersign shim,'* ]] && continue
    real=$file
    return 0
  done
  return 1
}

@ASKING@

if ! find_real; then
  printf '%s: command not found\n' "$name" >&2
  exit 127
fi
@GLANCE@
may_run "$@" || exit @REFUSED@
run "$@"
