#!/bin/bash
pages=$("$1")
echo "{\"pages\": $pages, \"accuracy\": 0.$pages}" >"$REEF_METRICS"
cat "$2" >"$REEF_OUTPUT/picture"
echo "$pages" >"$REEF_OUTPUT/pages"
