# A lock for several platforms: conditions are evaluated for each, and what each asks of its host is recorded.
$ export REEF_PACKAGES=$PWD/packages; mkdir bin; export PATH=$PWD/bin:$PATH; cp $REEF_GOLDEN_SOURCE/tests/cli/conflicts/make.py $REEF_GOLDEN_SOURCE/tests/cli/conflicts/tool .
$ python3 make.py 'snake={"kind": "tool", "detect": {"programs": ["snake"], "ask": {"arguments": [["-V"]]}, "version": [{"pattern": "snake ([0-9.]+)"}]}}' 'sculptor={"kind": "tool", "detect": {"programs": ["sculptor"], "ask": {"arguments": [["-V"]]}, "version": [{"pattern": "sculptor ([0-9.]+)"}], "provides": {"chisel": "${version}"}}}' 'mason={"kind": "tool", "detect": {"programs": ["mason"], "ask": {"arguments": [["-V"]]}, "version": [{"pattern": "mason ([0-9.]+)"}], "provides": {"chisel": "${version}"}}}'
$ python3 make.py 'kernels={"dependencies": {"chisel": {"capability": "chisel", "version": ">=2, <5", "for": "build"}}, "variations": {"simd": {"default": ["neon", "avx", "none"], "options": {"neon": {"when": {"arch": "aarch64"}}, "avx": {"when": {"arch": "x86_64"}}, "none": {}}}}}' 'kernels@1.1.0={"dependencies": {"chisel": {"capability": "chisel", "version": ">=2, <5", "for": "build"}}, "variations": {"simd": {"default": ["neon", "avx", "none"], "options": {"neon": {"when": {"arch": "aarch64"}}, "avx": {"when": {"arch": "x86_64"}}, "none": {}}}}}' 'loader={"dependencies": {"python": {"package": "snake", "version": "<3.13"}}}' 'metal={}'
$ ./tool snake 3.11.0; ./tool sculptor 3.1
$ reef lock mine --platform linux-x86_64,linux-aarch64,macos-arm64
wrote reef.lock: 5 packages and tools
  linux-aarch64: 3 packages; of its host it needs chisel >=2.0.0, <5, snake >=3.9.0, <3.13
  linux-x86_64: 3 packages; of its host it needs sculptor >=2.0.0, <5, snake >=3.9.0, <3.13
  macos-aarch64: 3 packages; of its host it needs chisel >=2.0.0, <5, snake >=3.9.0
! note: kernels: `simd = neon` was skipped: exists only when arch is aarch64, this host is x86_64

$ cat mine/reef.lock
{
  "format": 1,
  "platforms": {
    "linux-aarch64": {
      "host": {
        "chisel": {
          "capability": true,
          "required": ">=2.0.0, <5"
        },
        "snake": {
          "required": ">=3.9.0, <3.13"
        }
      },
      "packages": {
        "kernels": {
          "dependencies": {
            "chisel": {
              "for": "build",
              "package": "chisel"
            }
          },
          "digest": "$DIGEST",
          "kind": "library",
          "options": {
            "simd": "neon"
          },
          "origin": "registry",
          "version": "1.1.0"
        },
        "loader": {
          "dependencies": {
            "python": {
              "for": "both",
              "package": "snake"
            }
          },
          "digest": "$DIGEST",
          "kind": "library",
          "origin": "registry",
          "version": "1.0.0"
        },
        "mine": {
          "dependencies": {
            "kernels": {
              "for": "both",
              "package": "kernels"
            },
            "loader": {
              "for": "both",
              "package": "loader"
            },
            "python": {
              "for": "both",
              "package": "snake"
            }
          },
          "kind": "program",
          "origin": "path",
          "path": ".",
          "version": "0.1.0"
        }
      }
    },
    "linux-x86_64": {
      "host": {
        "sculptor": {
          "required": ">=2.0.0, <5",
          "version": "3.1"
        },
        "snake": {
          "required": ">=3.9.0, <3.13",
          "version": "3.11.0"
        }
      },
      "packages": {
        "kernels": {
          "dependencies": {
            "chisel": {
              "for": "build",
              "package": "sculptor"
            }
          },
          "digest": "$DIGEST",
          "kind": "library",
          "options": {
            "simd": "avx"
          },
          "origin": "registry",
          "version": "1.1.0"
        },
        "loader": {
          "dependencies": {
            "python": {
              "for": "both",
              "package": "snake"
            }
          },
          "digest": "$DIGEST",
          "kind": "library",
          "origin": "registry",
          "version": "1.0.0"
        },
        "mine": {
          "dependencies": {
            "kernels": {
              "for": "both",
              "package": "kernels"
            },
            "loader": {
              "for": "both",
              "package": "loader"
            },
            "python": {
              "for": "both",
              "package": "snake"
            }
          },
          "kind": "program",
          "origin": "path",
          "path": ".",
          "version": "0.1.0"
        }
      }
    },
    "macos-aarch64": {
      "host": {
        "chisel": {
          "capability": true,
          "required": ">=2.0.0, <5"
        },
        "snake": {
          "required": ">=3.9.0"
        }
      },
      "packages": {
        "kernels": {
          "dependencies": {
            "chisel": {
              "for": "build",
              "package": "chisel"
            }
          },
          "digest": "$DIGEST",
          "kind": "library",
          "options": {
            "simd": "neon"
          },
          "origin": "registry",
          "version": "1.1.0"
        },
        "metal": {
          "digest": "$DIGEST",
          "kind": "library",
          "origin": "registry",
          "version": "1.0.0"
        },
        "mine": {
          "dependencies": {
            "kernels": {
              "for": "both",
              "package": "kernels"
            },
            "metal": {
              "for": "both",
              "package": "metal"
            },
            "python": {
              "for": "both",
              "package": "snake"
            }
          },
          "kind": "program",
          "origin": "path",
          "path": ".",
          "version": "0.1.0"
        }
      }
    }
  },
  "root": "mine"
}

# The same again: the same bytes. This host's part is used, the others stay.
$ cp mine/reef.lock before; reef lock mine; cmp before mine/reef.lock && reef install ./mine --locked --dry-run --quiet
reef.lock is up to date
PACKAGE  VERSION  OPTIONS  STATE
sculptor  3.1  -  found: $DIR/bin/sculptor
kernels  1.1.0  simd = avx  to install
snake  3.11.0  -  found: $DIR/bin/snake
loader  1.0.0  -  to install
mine  0.1.0  -  to install
kernels: `simd = neon` was skipped: exists only when arch is aarch64, this host is x86_64

# A new version: the lock holds on every platform, until it may move.
$ python3 make.py 'kernels@1.2.0={"dependencies": {"chisel": {"capability": "chisel", "version": ">=3", "for": "build"}}, "variations": {"simd": {"options": {"neon": {"when": {"arch": "aarch64"}}, "avx": {"when": {"arch": "x86_64"}}, "none": {}}}}}'
$ reef lock mine
reef.lock is up to date
$ reef lock mine --upgrade kernels
updated reef.lock
  kernels 1.1.0 -> 1.2.0
  chisel: locked as >=2.0.0, <5, now >=3.0.0 (linux-aarch64, macos-aarch64)
  sculptor: locked as >=2.0.0, <5, now >=3.0.0 (linux-x86_64)
  linux-aarch64: 3 packages; of its host it needs chisel >=3.0.0, snake >=3.9.0, <3.13
  linux-x86_64: 3 packages; of its host it needs sculptor >=3.0.0, snake >=3.9.0, <3.13
  macos-aarch64: 3 packages; of its host it needs chisel >=3.0.0, snake >=3.9.0
! note: kernels: `simd = neon` was skipped: exists only when arch is aarch64, this host is x86_64

$ reef lock mine --upgrade kernel
! error: `kernel` is not part of what mine needs: nothing to upgrade
! hint: did you mean `kernels`?
? 4

$ reef lock mine --upgrade
reef.lock is up to date
! note: kernels: `simd = neon` was skipped: exists only when arch is aarch64, this host is x86_64

# A capability has no versions of its own.
$ reef lock mine --upgrade chisel
! error: `chisel` is a capability: what provides it can be upgraded
! hint: `cd mine && reef lock --upgrade sculptor`
? 2

# A dependency is added: every part learns of it.
$ sed -i 's/"metal": {"package": "metal", /"paint": {"package": "paint"},\n    &/' mine/reef.json; python3 make.py 'paint={}'
$ reef lock mine --check
! error: `reef.lock` does not describe what fits here: mine: now needs paint as paint; paint 1.0.0: added
! hint: `cd mine && reef lock` writes it anew; run it where the lock is made, and commit the change
? 6

$ reef lock mine
updated reef.lock
  mine: now needs paint as paint
  paint 1.0.0: added
  linux-aarch64: 4 packages; of its host it needs chisel >=3.0.0, snake >=3.9.0, <3.13
  linux-x86_64: 4 packages; of its host it needs sculptor >=3.0.0, snake >=3.9.0, <3.13
  macos-aarch64: 4 packages; of its host it needs chisel >=3.0.0, snake >=3.9.0

# On a host whose chisel is another one, the part written elsewhere holds.
$ python3 - <<'END'
> import json
> lock = json.load(open("mine/reef.lock"))
> lock["platforms"]["linux-x86_64"] = json.loads(json.dumps(lock["platforms"]["linux-aarch64"]).replace("neon", "avx"))
> json.dump(lock, open("mine/reef.lock", "w"))
> END
$ rm bin/sculptor; ./tool mason 4.0; reef install ./mine --locked --dry-run --quiet
PACKAGE  VERSION  OPTIONS  STATE
mason  4.0  -  found: $DIR/bin/mason
kernels  1.2.0  simd = avx  to install
snake  3.11.0  -  found: $DIR/bin/snake
loader  1.0.0  -  to install
paint  1.0.0  -  to install
mine  0.1.0  -  to install
kernels: `simd = neon` was skipped: exists only when arch is aarch64, this host is x86_64

# A platform that the lock has not.
$ python3 - <<'END'
> import json
> lock = json.load(open("mine/reef.lock"))
> del lock["platforms"]["linux-x86_64"]
> json.dump(lock, open("mine/reef.lock", "w"))
> END
$ reef install ./mine --locked
! error: `reef.lock` has no part for linux-x86_64, only for `linux-aarch64` and `macos-aarch64`
! hint: add it where the lock is made, and commit the change: `cd mine && reef lock --platform linux-x86_64`
? 6

$ reef lock mine --platform plan9-x86_64
! error: `plan9-x86_64` is not a platform
! hint: did you mean `linux-x86_64`?
? 2

# What cannot be had there is told now, not there.
$ python3 make.py 'kernels@1.3.0={"variations": {"simd": {"options": {"avx": {"when": {"arch": "x86_64"}}}}}}'
$ sed -i 's/"version": "^1"/"version": ">=1.3"/' mine/reef.json; reef lock mine --platform linux-aarch64
! error: there is no solution:
!   mine 0.1.0 needs kernels >=1.3 (mine/reef.json:4:5)
!   only kernels <=1.2.0 has `simd = neon`
!   only kernels <=1.2.0 has `simd = none`
!   kernels 1.3.0 with `simd = avx` exists only when arch is x86_64, linux-aarch64 is aarch64 (packages/kernels-1.3.0/reef.json:6:39)
!   while choosing for linux-aarch64
! hint: it works with kernels ^1.2.0 (1.2.0): `cd mine && reef add kernels@^1.2.0` changes `>=1.3` at mine/reef.json:4:5
! hint: `cd mine && reef lock --drop-platform linux-aarch64` takes that platform out of the lock
? 5

# A tool of another host is spoken of as it is asked for: nobody knows its version.
$ python3 make.py 'older={"dependencies": {"python": {"package": "snake", "version": "<3.13"}}}'
$ mkdir other; printf '{\n  "reef": 1, "name": "other", "version": "0.1.0", "kind": "program",\n  "dependencies": {\n    "older": {"package": "older"},\n    "python": {"package": "snake", "version": ">=3.13", "when": {"arch": "aarch64"}}\n  },\n  "actions": {"go": {"run": [["true"]]}}\n}\n' > other/reef.json
$ reef lock other --platform linux-aarch64
! error: there is no solution:
!   other 0.1.0 needs older (other/reef.json:4:5)
!   other 0.1.0 needs snake >=3.13 when arch is aarch64 (other/reef.json:5:5)
!   older 1.0.0 needs snake <3.13 (packages/older-1.0.0/reef.json:6:20)
!   while choosing for linux-aarch64
! hint: it works with snake <3.13: `cd other && reef add 'snake@<3.13'` changes `>=3.13` at other/reef.json:5:5
! hint: it works without older (other/reef.json:4:5)
? 5

# Two branches changed the lock.
$ printf '<<<<<<< HEAD\n  "format": 1\n=======\n  "format": 1\n>>>>>>> other\n' > mine/reef.lock; reef install ./mine
! mine/reef.lock:1:1: error: this lock has the marks of a merge that was not finished
!   1 | <<<<<<< HEAD
!     | ^
! hint: take one side (`cd mine && git checkout --ours reef.lock`, or `--theirs`), then `cd mine && reef lock`: it keeps what still holds and adds what is missing
? 3

# One platform cannot be both, and a part can be dropped.
$ mkdir plain; echo '{"reef": 1, "name": "plain", "version": "0.1.0", "kind": "library"}' > plain/reef.json; reef lock plain --platform macos-arm64,linux-aarch64 --quiet
$ reef lock plain --platform linux-aarch64 --drop-platform linux-aarch64
! error: `linux-aarch64` is to be locked and dropped: one of them
? 2
$ reef lock plain --drop-platform macos-arm64; reef lock plain --drop-platform macos-arm64
updated reef.lock
  macos-aarch64: dropped
  linux-aarch64: 1 package; of its host it needs nothing
  linux-x86_64: 1 package; of its host it needs nothing
! error: the lock has no part for `macos-arm64`
! hint: it has `linux-aarch64` and `linux-x86_64`
? 2
