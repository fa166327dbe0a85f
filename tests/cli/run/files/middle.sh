printf '<%s>\n' "$@"
false | cat
echo never
