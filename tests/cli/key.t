# A key and a signature; minisign.py asks minisign about them.
$ export REEF_CLOCK=1700000000
$ reef key list
no keys yet: `reef key generate` makes one, `reef key trust FILE.pub` adds another's
$ reef key generate alice | sed 's/[0-9A-F]\{16\}/$ID/'
key $ID (alice)
  secret: $REEF_HOME/keys/alice.key (no passphrase, readable by you only)
  public: alice.pub, to be given to those who shall trust you
$ reef key generate alice
! error: there is a key `alice` already
! hint: keys are never overwritten: give the new one another name
? 2
$ reef key generate "Al ice"
! error: `Al ice` cannot be the name of a key: use lower-case letters, digits, `-`, `_` and `.`
? 2
$ stat -c %a "$REEF_HOME/keys/alice.key" "$REEF_HOME/keys"
600
700
$ echo data > file
$ reef sign file --key alice
file.minisig
$ sed -n 3p file.minisig
trusted comment: timestamp:1700000000	file:file	hashed
$ reef verify --key alice file | sed 's/[0-9A-F]\{16\}/$ID/'
file is as alice ($ID) signed it
  timestamp:1700000000	file:file	hashed
$ reef verify --key alice.pub file --quiet | sed 's/[0-9A-F]\{16\}/$ID/'
file is as alice ($ID) signed it
  timestamp:1700000000	file:file	hashed
$ reef verify --key "$(tail -1 alice.pub)" file --json | grep -v '"key"'
{
  "file": "file",
  "key_name": "alice",
  "signed": true,
  "trusted_comment": "timestamp:1700000000\tfile:file\thashed"
}
$ reef verify --key trusted file | sed 's/[0-9A-F]\{16\}/$ID/'
file is as alice ($ID) signed it
  timestamp:1700000000	file:file	hashed

# Whatever was changed is noticed.
$ cp file other && cp file.minisig other.minisig && echo more >> other
$ reef verify --key alice other
! error: `other` is not what was signed: it was changed, or another key of the same id signed it
? 6
$ sed -i 's/file:file/file:evil/' file.minisig && reef verify --key alice file
! error: the trusted comment of the signature was changed
? 6
$ reef sign file --key alice --comment "release 1" --quiet && reef verify --key alice file | tail -1
file.minisig
  release 1
$ rm other.minisig && reef verify --key alice other
! error: `other` is not signed: there is no `other.minisig`
? 4
$ echo nonsense > other.minisig && reef verify --key alice other
! error: this is not a signature of minisign's form
!   while reading `other.minisig`
? 3
$ reef verify --key alcie file
! error: `alcie` is neither a key that is known here nor a file
! hint: did you mean `alice`?
? 4
$ reef verify --key alice
! error: which file? `reef verify --key KEY FILE`
? 2

# Rotation: the new key is signed with the old one, then the old one is revoked.
$ reef key generate alice-2 --output alice-2.pub --quiet > /dev/null && reef sign alice-2.pub --key alice
alice-2.pub.minisig
$ export REEF_HOME=$REEF_HOME-bob
$ reef verify --key trusted alice-2.pub 2>&1 | sed 's/[0-9A-F]\{16\}/$ID/'
error: `alice-2.pub` is signed with the key $ID, which is not trusted here
hint: when you know whose it is: `reef key trust FILE.pub`
$ reef key trust alice.pub | sed 's/[0-9A-F]\{16\}/$ID/'
trusting alice ($ID)
$ reef verify --key trusted alice-2.pub | sed 's/[0-9A-F]\{16\}/$ID/' && reef key trust alice-2.pub | sed 's/[0-9A-F]\{16\}/$ID/'
alice-2.pub is as alice ($ID) signed it
  timestamp:1700000000	file:alice-2.pub	hashed
trusting alice-2 ($ID)
$ reef key revoke alice --reason "laptop stolen" --replaced-by alice-2 | sed 's/[0-9A-F]\{16\}/$ID/'
alice ($ID) is revoked: nothing that it signed is accepted any more
$ reef verify --key trusted file 2>&1 | sed 's/[0-9A-F]\{16\}/$ID/'
error: the key $ID (alice) was revoked on 2023-11-14T22:13:20Z: laptop stolen
hint: `alice-2` took its place: ask for a signature by it
$ reef verify --key alice.pub file 2>&1 | sed 's/[0-9A-F]\{16\}/$ID/'
error: the key $ID (alice) was revoked on 2023-11-14T22:13:20Z: laptop stolen
hint: `alice-2` took its place: ask for a signature by it
$ reef key trust alice.pub 2>&1 | sed 's/[0-9A-F]\{16\}/$ID/'
error: the key $ID (alice) was revoked on 2023-11-14T22:13:20Z: laptop stolen
hint: `alice-2` took its place: ask for a signature by it
$ reef key list | sed 's/[0-9A-F]\{16\}/$ID/'
NAME     ID                STATE    SINCE       SECRET
alice    $ID  revoked  2023-11-14  -       laptop stolen; now alice-2
alice-2  $ID  trusted  2023-11-14  -
# Again: what was said then holds until something else is said.
$ reef key revoke alice --quiet > /dev/null && reef key list | sed -n 's/.*revoked.*-  *//p'
laptop stolen; now alice-2
$ reef key revoke alice --reason "laptop found, disk read" --quiet > /dev/null && reef key list | sed -n 's/.*revoked.*-  *//p'
laptop found, disk read; now alice-2
$ reef key trust alice-2.pub --name bob 2>&1
error: this key is trusted already, as `alice-2`
hint: a key keeps the name that it was given first
? 2
$ reef key trust alice-2.pub --name alice-2 | sed 's/[0-9A-F]\{16\}/$ID/'
trusting alice-2 ($ID)
$ reef key revoke nobody
! error: there is no key `nobody`
! hint: `reef key list` lists them; trust one first to revoke it
? 4

# A protected secret key, without anybody to ask.
$ REEF_KEY_PASSPHRASE=sesame reef key generate carol | tail -2
  secret: $REEF_HOME-bob/keys/carol.key (protected by a passphrase)
  public: carol.pub, to be given to those who shall trust you
$ reef sign file --key carol < /dev/null
! error: there is no terminal to ask for the passphrase
!   while reading `$REEF_HOME-bob/keys/carol.key`
! hint: set REEF_KEY_PASSPHRASE where there is nobody to ask
? 2
$ REEF_KEY_PASSPHRASE=simsalabim reef sign file --key carol
! error: the passphrase is not that of the key
!   while reading `$REEF_HOME-bob/keys/carol.key`
? 6
$ REEF_KEY_PASSPHRASE=sesame reef sign file --key carol && reef verify --key carol file --quiet > /dev/null
file.minisig
$ reef sign file --key nobody
! error: there is no secret key `nobody`
! hint: `reef key generate` makes one; `reef key list` lists them
? 4

# To standard output.
$ REEF_KEY_PASSPHRASE=sesame reef sign file --key carol -o - > there && reef verify --key carol --signature there file | tail -1; ls ./-
  timestamp:1700000000	file:file	hashed
! ls: cannot access './-': No such file or directory
? 2
$ reef sign file --key carol -o - --json
{
  "error": {
    "code": "usage",
    "context": [],
    "hints": [],
    "message": "`--json` and a signature on standard output: one of them",
    "place": null
  }
}
! error: `--json` and a signature on standard output: one of them
? 2

$ reef sign nothing --key ./alice.pub
! error: this is not a secret key of minisign's form
!   while reading `./alice.pub`
? 3

# What would be lost is not replaced; into what is no regular file is written.
$ echo notes > notes; reef key generate dora --output notes; reef key list | grep -c dora
0
! error: `notes` is there and is no public key: it is not replaced
! hint: name another file, or remove that one first
? 1
$ reef key generate dora --output - | head -1 | sed 's/[0-9A-F]\{16\}/$ID/'
untrusted comment: minisign public key $ID
$ reef sign file --key dora -o notes; cat notes
notes
! error: `notes` is there and is no signature: it is not replaced
! hint: name another file, or remove that one first
$ mkfifo pipe; cat pipe > got & reef sign file --key dora -o pipe; wait; test -p pipe && reef verify --signature got file | tail -1
pipe
  timestamp:1700000000	file:file	hashed

# A key cannot take its own place, nor can one that nobody knows.
$ reef key revoke dora --replaced-by dora
! error: the key `dora` cannot take its own place
! hint: name the new key: `--replaced-by NEW`
? 2
$ reef key revoke dora --replaced-by erna
! error: there is no key `erna` to take its place
! hint: trust it first, or give its id: 16 hexadecimal digits
? 4
$ reef key list | grep -c 'dora.*trusted'
1

# A signature that is named is checked; options of `--rebuild` are not passed over.
$ reef verify --signature notes file
! error: this is not a signature of minisign's form
!   while reading `notes`
? 3
$ reef verify --closure file
! error: `--closure` goes with `--rebuild`
? 2
