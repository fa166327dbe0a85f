# Registries that a user adds: folders and git repositories (web sites: registry_http.py).
$ reef registry list
$ reef registry add share packages
$ reef registry list
$ reef search glue
$ reef info glue | head -n 8
$ reef info glue --json | grep -E '"(registry|folder)"'

# Of a plain folder too; a second one of that name is refused.
$ reef registry add share other
$ reef registry add Share other
$ reef registry add more other
$ reef registry add more other --json --priority 7 --prefix paper- --prefix paper-
$ cat $REEF_HOME/registries.json

# A name is the first registry's that has it; names with a prefix come from those that declare it.
$ cd project && reef tree
$ reef tree --json | grep -B3 '"registry"' | grep -E '"(name|registry)"'
$ reef registry remove more && reef tree
$ reef registry add more $OLDPWD/other --priority -1 && reef why glue | head -n 3
$ reef lock && grep -c -E 'share|more|registry' reef.lock

# What cannot be a registry.
$ cd .. && mkdir empty && reef registry add none empty
$ reef registry build empty && reef registry add none empty && reef registry remove none
$ reef registry add none nowhere
$ reef registry add none https://ann:secret@example.org
$ reef registry add none ftp://example.org
$ reef registry add none packages --ref main
$ reef registry add none packages --prefix Paper
$ reef registry add none packages --priority high
$ reef registry add catalogue packages
$ reef registry remove shear
$ reef registry update shear

# A folder that is gone is told with what helps.
$ mv other gone; reef search glue
$ mv gone other; reef registry remove more

# A git repository: the commit is pinned, and moved by `update` only.
$ git init -q -b main repository && cp -r packages/* repository/ && cd repository && git add . && git -c user.name=a -c user.email=a@example.invalid commit -q -m one && git tag first && cd ..
$ reef registry remove share && reef registry add team git+file://$PWD/repository
$ reef info glue | head -n 1
$ cd repository && sed -i 's/"1.0.0"/"1.0.1"/' glue/reef.json && git -c user.name=a -c user.email=a@example.invalid commit -q -a -m two && cd ..
$ reef info glue | head -n 1
$ reef registry update && reef info glue | head -n 1
$ reef registry update team
$ reef registry remove team && reef registry add team git+file://$PWD/repository --ref first && reef info glue --offline | head -n 1
$ reef registry list
$ reef registry add other git+file://$PWD/repository --ref nothing
$ reef registry add other git+file://$PWD/nowhere
$ mv repository gone; reef info glue | head -n 1; reef registry update
$ rm -r $REEF_HOME/cache; reef info glue
$ reef registry remove team

# Publishing.
$ mkdir shelf && reef publish project --to shelf
$ reef publish project --to shelf
$ find shelf -name reef.json; ls shelf
$ reef registry add shelf shelf && reef publish packages/glue --to shelf --json
$ echo more > packages/glue/more; reef publish packages/glue --to shelf
$ rm packages/glue/more; sed -i 's/"licence"/"license"/; s/"version": "1.0.0"/"version": "1.0"/' packages/glue/reef.json; reef publish packages/glue --to shelf
$ reef publish packages/glue --to shelv
$ reef publish packages/glue --to ./nowhere
$ sed -i 's/"version": "1.0"/"version": "1.0.0"/' packages/glue/reef.json; reef publish packages/glue --to https://example.org/x
$ reef publish packages/glue --to git+https://example.org/x
$ reef publish packages/glue
$ mkdir packages/glue/shelf && reef publish packages/glue --to packages/glue/shelf; rmdir packages/glue/shelf
$ touch 'packages/glue/a\b'; sed -i 's/"version": "1.0.0"/"version": "1.1.0"/' packages/glue/reef.json; reef publish packages/glue --to shelf; ls -A shelf

# Yanking: the content stays, for those whose lock names it.
$ rm 'packages/glue/a\b'; reef publish packages/glue --to shelf && cat shelf/yanked.json
$ reef publish --yank glue@1.1.0 --to shelf && cat shelf/yanked.json && reef publish --yank glue@1.1.0 --to shelf
$ reef tree glue && reef tree glue@1.1.0
$ reef publish packages/glue --to shelf
$ reef publish --yank glue@1.1.0 --undo --to shelf --json && reef tree glue && cat shelf/yanked.json
$ reef publish --yank glue --to shelf
$ reef publish --yank glue@9.0.0 --to shelf
$ reef publish --yank gluw@1.0.0 --to shelf
$ reef publish packages/glue --yank glue@1.0.0 --to shelf
$ reef publish packages/glue --undo --to shelf
$ reef publish --yank glue@1.0.0 --to https://example.org/x

# Signed registries.
$ reef key generate alice > /dev/null && reef registry build shelf --sign alice
$ reef registry build shelf
$ reef publish packages/glue --to shelf
$ sed -i 's/"version": "1.1.0"/"version": "1.2.0"/' packages/glue/reef.json; reef publish packages/glue --to shelf
$ reef publish packages/glue --to shelf --sign alice
$ reef registry remove shelf && reef registry add shelf shelf --key alice && reef info glue | head -n 1
$ echo '{"format": 1, "packages": {}, "search": "0000000000000000000000000000000000000000000000000000000000000000"}' > shelf/registry.json; reef info glue
$ reef registry build shelf --sign alice && reef info glue | head -n 1
$ rm shelf/registry.json.minisig; rm -r $REEF_HOME/cache; reef info glue | head -n 1
$ reef key revoke alice --reason test && reef info glue
