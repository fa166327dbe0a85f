# What is installed, how much it takes, and who keeps it.
$ export REEF_PACKAGES=$PWD/packages
$ reef store
$ reef install whole
$ reef install whole --with size=l --quiet
$ reef store
$ reef store path whole
$ cat "$(reef store path whole --with size=l)/text"
$ reef store path part --json
$ reef store path clock
$ reef store size | sed 's/  *[0-9.]* [KM]*i*B.*//'

# Every byte is read.
$ reef store verify
$ reef store verify part
$ reef store verify prat

# A file that was changed: the verb names it, and the next install does not believe what it finds.
$ chmod u+w "$(reef store path part)/data/two.txt" && echo TWO > "$(reef store path part)/data/two.txt"
$ reef store path part
$ reef store verify
$ reef store verify --json
$ reef why-rebuild part
$ reef install part
$ reef store verify

# A repair.
$ chmod u+w "$(reef store path whole)" && touch "$(reef store path whole)/more"
$ reef store verify whole
$ reef store verify whole --repair
$ reef store verify

# A description that cannot be read is damage too.
$ chmod u+w "$(reef store path part)/.reef/prefix.json" && echo '{' > "$(reef store path part)/.reef/prefix.json"
$ reef store size | tail -2
$ reef store verify
$ reef store verify --repair
$ reef store verify

# Nothing refers to what was used long ago, except for what is pinned.
$ reef install whole --quiet
$ reef store pin part
$ reef gc
$ reef gc --dry-run --unused 0
$ reef gc --unused 0
$ reef gc --unused 0 --json
$ reef store
$ reef store unpin prat
$ reef store unpin part
$ reef gc --unused 0
$ reef store pin whole

# A project keeps what its lock means, until it is gone.
$ mkdir project && cd project && reef init --template program --name mine > /dev/null && reef add part --quiet && reef install --quiet > /dev/null && cd ..
$ reef gc --unused 0
$ reef store
$ rm -r project && reef gc
$ reef store

# Words that mean nothing.
$ reef gc --unused soon
$ reef gc --cache-limit much
$ reef gc --cache-limit 1GiB --unused 1d
