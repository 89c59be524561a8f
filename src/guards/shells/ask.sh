#!/bin/sh
# Countersign's slow question, written anew by the extension: changes here are lost.
#   ask KIND SHELL PID TEXT    TEXT "-" is read from standard input
# It shows what is held and why, and waits. Exit status 86 means run, anything else means no.
# NODE_OPTIONS is emptied so that nothing is loaded into the gate itself, and handed over to be judged.
if [ ! -x @NODE@ ] || [ ! -f @GATE@ ]; then
  echo 'Countersign has moved or is gone, so this was not run. Reload the window; if Countersign was removed, open a new terminal.' >&2
  exit 126
fi
COUNTERSIGN_NODE_OPTIONS="${NODE_OPTIONS-}" ELECTRON_RUN_AS_NODE=1 NODE_OPTIONS='' exec @NODE@ @GATE@ "--kind=$1" "--shell=$2" "--pid=$3" -- "$4"
