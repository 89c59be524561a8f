#!/bin/sh
# Rolls the current commit out to one environment and writes down that it did.
set -eu
environment=$1
cd "$(dirname "$0")/.."

echo "Deploying payments $(git rev-parse --short HEAD) to $environment"
echo "infra/main.tf:14:3: warning: instance class db.t3.small is being retired"
echo "$environment $(git rev-parse --short HEAD)" >> ../deployments.log
echo "Done: payments is live in $environment"
if [ -f ../deploy-exit-code ]; then exit "$(cat ../deploy-exit-code)"; fi
