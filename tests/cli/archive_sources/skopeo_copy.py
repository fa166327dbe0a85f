"""Copies an archive with skopeo into an OCI layout and compares every blob; says the same when there is no skopeo."""
import pathlib
import shutil
import subprocess
import sys
import tarfile

if shutil.which("skopeo"):
    subprocess.run(["skopeo", "--insecure-policy", "copy", "--quiet", f"oci-archive:{sys.argv[1]}", "oci:copied:1"], check=True)
    copied = {path.name: path.read_bytes() for path in pathlib.Path("copied/blobs/sha256").iterdir()}
    with tarfile.open(sys.argv[1]) as archive:
        ours = {pathlib.Path(member.name).name: archive.extractfile(member).read() for member in archive
                if member.name.startswith("blobs/")}
    assert copied == ours, (sorted(copied), sorted(ours))
print("every blob as it was")
