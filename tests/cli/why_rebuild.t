# Nothing to compare with, then nothing to explain.
$ export REEF_PACKAGES=$PWD/packages REEF_CLOCK=1700000000
$ reef why-rebuild whole
$ reef install whole --quiet
$ reef why-rebuild whole

# An option.
$ reef why-rebuild whole --with size=l

# A file of the package, and one of a package that it needs.
$ echo more >> packages/whole/data/text && echo x > packages/whole/data/new
$ reef why-rebuild whole
$ rm packages/part/data/two.txt
$ reef why-rebuild whole
$ reef why-rebuild whole --json

# The command that builds.
$ reef install whole --quiet
$ sed -i 's/echo \$2/printf $2/' packages/whole/reef.json
$ reef why-rebuild whole
$ reef why-rebuild hwole
