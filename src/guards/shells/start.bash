# What the gate shell has an interactive bash read in place of ~/.bashrc: the start file that was meant, and then the
# guard, which a start file that sets PROMPT_COMMAND anew would have shut out. Written anew by the extension.
if [[ -n ${COUNTERSIGN_START-} ]]; then
  __countersign_start=$COUNTERSIGN_START
  unset -v COUNTERSIGN_START
  . "$__countersign_start"
  unset -v __countersign_start
elif [[ -r ~/.bashrc ]]; then
  . ~/.bashrc
fi
. @DIRECTORY@/guard.bash
