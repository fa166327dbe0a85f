# The closure as CycloneDX; the same bytes every time, wherever the home is.
$ export REEF_PACKAGES=$PWD/packages
$ reef sbom whole
$ reef sbom whole > one.json && export REEF_HOME=$REEF_HOME-2 && reef install whole --quiet > /dev/null && reef sbom whole -o two.json && cmp one.json two.json
$ reef sbom whole --with size=l --json | grep -c reef:option:size
$ reef sbom whoel
