# A key, a signature, and what minisign would say of it (see keys.py).
$ export REEF_CLOCK=1700000000
$ reef key list
$ reef key generate alice | sed 's/[0-9A-F]\{16\}/$ID/'
$ reef key generate alice
$ reef key generate "Al ice"
$ stat -c %a "$REEF_HOME/keys/alice.key" "$REEF_HOME/keys"
$ echo data > file
$ reef sign file --key alice
$ sed -n 3p file.minisig
$ reef verify --key alice file | sed 's/[0-9A-F]\{16\}/$ID/'
$ reef verify --key alice.pub file --quiet | sed 's/[0-9A-F]\{16\}/$ID/'
$ reef verify --key "$(tail -1 alice.pub)" file --json | grep -v '"key"'
$ reef verify --key trusted file | sed 's/[0-9A-F]\{16\}/$ID/'

# Whatever was changed is noticed.
$ cp file other && cp file.minisig other.minisig && echo more >> other
$ reef verify --key alice other
$ sed -i 's/file:file/file:evil/' file.minisig && reef verify --key alice file
$ reef sign file --key alice --comment "release 1" --quiet && reef verify --key alice file | tail -1
$ rm other.minisig && reef verify --key alice other
$ echo nonsense > other.minisig && reef verify --key alice other
$ reef verify --key alcie file
$ reef verify --key alice

# Rotation: the new key is signed with the old one, then the old one is revoked.
$ reef key generate alice-2 --output alice-2.pub --quiet > /dev/null && reef sign alice-2.pub --key alice
$ export REEF_HOME=$REEF_HOME-bob
$ reef verify --key trusted alice-2.pub 2>&1 | sed 's/[0-9A-F]\{16\}/$ID/'
$ reef key trust alice.pub | sed 's/[0-9A-F]\{16\}/$ID/'
$ reef verify --key trusted alice-2.pub | sed 's/[0-9A-F]\{16\}/$ID/' && reef key trust alice-2.pub | sed 's/[0-9A-F]\{16\}/$ID/'
$ reef key revoke alice --reason "laptop stolen" --replaced-by alice-2 | sed 's/[0-9A-F]\{16\}/$ID/'
$ reef verify --key trusted file 2>&1 | sed 's/[0-9A-F]\{16\}/$ID/'
$ reef verify --key alice.pub file 2>&1 | sed 's/[0-9A-F]\{16\}/$ID/'
$ reef key trust alice.pub 2>&1 | sed 's/[0-9A-F]\{16\}/$ID/'
$ reef key list | sed 's/[0-9A-F]\{16\}/$ID/'
$ reef key revoke nobody

# A protected secret key, without anybody to ask.
$ REEF_KEY_PASSPHRASE=sesame reef key generate carol | tail -2
$ reef sign file --key carol < /dev/null
$ REEF_KEY_PASSPHRASE=simsalabim reef sign file --key carol
$ REEF_KEY_PASSPHRASE=sesame reef sign file --key carol && reef verify --key carol file --quiet > /dev/null
$ reef sign file --key nobody
$ reef sign nothing --key ./alice.pub
