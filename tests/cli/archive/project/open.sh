#!/bin/bash
cat "$1/ink.txt"
echo '{"pages": 3}' >"$REEF_METRICS"
cp "$1/ink.txt" "$REEF_OUTPUT/copy.txt"
