# What could stand at the cursor: word, tab, meaning.
$ export REEF_PACKAGES=$REEF_GOLDEN_SOURCE/tests/cli/catalogue PATH=$REEF_GOLDEN_SOURCE/tests/cli/tools:$PATH
$ reef complete -- in
info	Explain a package: variations, actions, parameters, what it needs
install	Fetch and build a package and all it needs, without running it
init	Make a small package that runs at once
inspect	Show what an archive holds, without unpacking it
$ reef complete -- ''  | cut -f 1 | tr '\n' ' '
search info run sweep install lock runs compare pareto report dashboard detect doctor init check add remove tree why why-not why-rebuild pack inspect unpack push pull replay verify sign key sbom publish registry store gc shell exec completion 
\c
$ reef complete -- --v
--version	Display program version information and exit
$ reef complete -- info let
letter	Writes a letter to a friend
$ reef complete -- run se
send
$ reef complete -- run send let
letter	Writes a letter to a friend
$ reef complete -- run send letter --
--help	Explain; with an action, list its parameters
--with	Bind options: group=option,..., or package.group=option
--dry-run	Show what was chosen, and what would be fetched, built and run
--locked	Use exactly what reef.lock says, or fail
--jobs	Builds and steps at the same time; default: one a processor
--time-limit	Stop the action after this time: 90s, 10min
--from	Workflows: repeat this step and all that need it
--scenario	Benchmarks: single-stream, multi-stream, server or offline
--min-queries	Benchmarks: measure at least this many queries; offline: samples, in its one query
--queries	Benchmarks: measure at least this many queries; offline: samples, in its one query
--min-duration	Benchmarks: measure at least this long: 5s
--duration	Benchmarks: measure at least this long: 5s
--warmup	Benchmarks: queries before the measured ones, for $TIME at most
--rate	Server: queries a second, at random moments
--bound	Server: what makes it valid: p99=5ms
--seed	Benchmarks: of the order of samples, and of arrivals
--find-peak	Server: search the highest rate that keeps the bound, from --rate on, then measure it
--accuracy	Benchmarks: ask for every sample once and keep the answers; no timing
--samples-per-query	Multi-stream: samples in a query; default: 8
--pacing	Server: how to wait for the next query: sleep, spin, or auto (spin from 4 processors on)
--order	Benchmarks: of samples and arrivals: rounds over all samples, or loadgen: MLPerf LoadGen's
--resolve-timeout	Seconds to search for a closure before giving up; default: 20
--json	Print one JSON record on stdout, nothing else
--quiet	Results only: no progress, notes or summaries
--offline	Use no network
--to	who gets it
--copies	how many
--speed	of the horse
--secret	sealed with wax
$ reef complete -- run send letter --speed ''
slow
fast
$ reef complete -- run send letter --secret=
--secret=true
--secret=false
$ reef complete -- run send --speed slow let
letter	Writes a letter to a friend
$ reef complete -- run send letter --with st
style=plain	words only
style=gilded	with golden capitals
style=ancient	as the monks did
style=underwater
$ reef complete -- run send letter --with style=plain,
style=plain,postage=none
style=plain,postage=paid	with a stamp
$ reef complete -- run send letter --with=post
--with=postage=none
--with=postage=paid	with a stamp
$ reef complete -- detect qui
quill	Writes on parchment
$ reef complete -- add --for b
build
both
$ reef complete -- init --template ''
dataset
model
program
tool
$ reef complete -- completion ''
bash
zsh
fish
$ reef complete -- runs s
show	Everything that is known of one run
$ reef complete -- why --package lett
letter	Writes a letter to a friend
$ reef complete --json -- info stam
{
  "candidates": [
    {
      "meaning": "Pays for a letter",
      "word": "stamp"
    }
  ]
}
$ reef complete -- nothing ''
$ reef complete
search	Find packages and tools by words in names, tags and summaries
info	Explain a package: variations, actions, parameters, what it needs
run	Run an action of a package, building what is missing, and record it
sweep	Measure many choices of options and parameters, or look for a good one
install	Fetch and build a package and all it needs, without running it
lock	Write reef.lock: the exact closure of this project, for this platform and others
runs	List recorded runs; show or verify one
compare	Compare two runs, or measure two choices in turn: slower, faster, same or cannot tell
pareto	Which recorded runs are worth having: the frontier of two metrics
report	Write recorded runs in a format that others read
dashboard	Look at recorded runs in a browser, or write them as one page
detect	List the tools and libraries that this host has
doctor	Say what is missing, for reef or for a package, and how to install it
init	Make a small package that runs at once
check	Report every problem of a package's manifest
add	Add a dependency to reef.json, and choose what fits
remove	Remove a dependency from reef.json
tree	Show all that a package needs here, as a tree
why	Tell why a package, tool or capability is needed, and why in this version
why-not	Tell why a version of a package is not, or cannot be, chosen
why-rebuild	Tell what changed since the last build of a package: files, tools, options
pack	Write one file with a package, all it needs, and its records
inspect	Show what an archive holds, without unpacking it
unpack	Unpack an archive into a new folder, verifying every byte
push	Send an archive to an OCI registry
pull	Get an archive from an OCI registry, as the file that it was
replay	Run an archive again on this host, without network, and compare the numbers
verify	Check an archive, a signature, or that a package builds bit for bit again
sign	Sign files: FILE.minisig, which minisign accepts too
key	List keys for signatures; make, trust and revoke them
sbom	Print the bill of materials of a package and all it needs (CycloneDX 1.6)
publish	Give a package to a registry
registry	List, add, update and publish registries
store	List what is installed; look at, check and repair it
gc	Remove from the store what nothing refers to
shell	Open a shell with a package's environment
exec	Run one command in a package's environment: reef exec [PACKAGE] -- COMMAND
completion	Print a script that completes command lines in your shell

# The scripts of the shells; that for bash does what bash asks for.
$ reef completion bash | bash -n
$ eval "$(reef completion bash)"; COMP_LINE='reef run send letter --with style=pl' COMP_POINT=35; _reef 2>/dev/null; echo "${COMPREPLY[@]}"
plain
$ eval "$(reef completion bash)"; COMP_LINE='reef info ' COMP_POINT=10; _reef 2>/dev/null; printf '%s\n' "${COMPREPLY[@]}" | grep -x -e letter -e quill
letter
quill
$ reef completion fish
\# reef completion for fish: reef completion fish | source
function __reef_complete
    set -l words (commandline -opc) (commandline -ct)
    command $words[1] complete -- $words[2..-1] 2>/dev/null
end
complete -c reef -a '(__reef_complete)'
$ reef completion zsh | head -n 2
#compdef reef
\# reef completion for zsh: eval "$(reef completion zsh)", or this text as `_reef` in a folder of $fpath
$ reef completion fsh
! error: there is no completion for `fsh`
! hint: did you mean `zsh`?
? 2
$ reef completion
! error: `reef completion` needs `shell`
! hint: `reef completion --help` explains it
? 2

# Values of flags.
$ reef complete -- runs --status f
failed
$ reef complete -- report --format mar
$ reef complete -- report --format m
md
mlperf
$ reef complete -- replay x --format m
md
$ reef complete -- sweep send let --param sp
$ reef complete -- sweep send letter --param sp
speed=	of the horse
