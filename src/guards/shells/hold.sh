#!@BASH@ -p
# Countersign shim, written anew by the extension: changes here are lost.
# Strict mode's question. -p: nothing that the environment carries has a say in here.
#   hold ask PATH ARGUMENTS…        for the process that waits for it: exit status @RUN@ means run
#   hold run PATH NAME ARGUMENTS…   becomes the tool, called NAME
gate=@DIRECTORY@
mode=$1 file=$2 name=${2##*/}
shift 2

@ASKING@

if [[ $mode == ask ]]; then
  pid=$PPID
  may_run "$@" && exit @RUN@
  exit @REFUSED@
fi
pid=$$ called=$1
shift
may_run "$@" || exit @REFUSED@
trap - INT PIPE
set +p
exec -a "$called" "$file" "$@"
