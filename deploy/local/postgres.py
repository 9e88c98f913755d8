"""A PostgreSQL server of our own: scram passwords, loopback only, an unprivileged user, every commit durable."""

import asyncio
import os
import secrets
import shutil
import signal
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import asyncpg

from deploy.local.accounts import Account, reachable_folder, reachable_programs, unprivileged_account
from deploy.local.errors import LocalStackError
from deploy.local.home import Home, write_private
from deploy.local.ports import HOST, claim_port
from deploy.local.postgres_lock import clear_after_crash, refuse_running
from deploy.local.postgres_settings import SETTINGS, major_version
from deploy.local.processes import PLAIN_ENVIRONMENT, ChildProcess, Launch

SUPERUSER = "postgres"
# After a crash it first reads up to max_wal_size of log again; killed meanwhile, it would begin anew each time.
READY_S = 180.0
INITDB_S = 60.0
STOP_GRACE_S = 20.0
# The kernel's limit for the path of a socket is 104 (macOS) or 108 bytes, with the socket's own name in it.
LONGEST_SOCKET_FOLDER = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    """Where one server's programs, data and secrets are, all within reach of the user it runs as."""

    binaries: Path
    folder: Path
    password: str
    account: Account | None
    pid_path: Path

    @property
    def cluster(self) -> Path:
        """The folder that PostgreSQL calls its data directory."""
        return self.folder / "cluster"

    def choose_socket_folder(self) -> Path:
        """A folder of its own for the socket; elsewhere when the path is too long for a socket."""
        folder = self.folder / "socket"
        return folder if len(str(folder)) <= LONGEST_SOCKET_FOLDER else Path(tempfile.mkdtemp(prefix="amends-socket-"))

    def open_socket_folder(self, folder: Path) -> None:
        """Make the folder of the socket, 0700."""
        folder.mkdir(mode=0o700, exist_ok=True)
        self.hand_over(folder)

    def hand_over(self, path: Path) -> None:
        """Give a file or folder of ours to the user PostgreSQL runs as."""
        if self.account:
            os.chown(path, self.account.uid, self.account.gid)


class PostgresServer:
    """A running server; `kill` and `restart` are there for those who test what a crash does."""

    def __init__(self, installation: Installation, *, port: int, log_path: Path) -> None:
        self.host = HOST
        self.port = port
        self.data_dir = installation.cluster
        self.log_path = log_path.absolute()
        self._installation = installation
        self._socket_folder = installation.choose_socket_folder()
        self._launch = Launch(
            name="PostgreSQL",
            argv=_command(installation, port, self._socket_folder),
            folder=installation.folder,
            log_path=self.log_path,
            pid_path=installation.pid_path,
            account=installation.account,
            stop_signal=signal.SIGINT,
        )
        self._process: ChildProcess | None = None

    @property
    def superuser_dsn(self) -> str:
        """For making databases and roles; nothing of ours works as superuser."""
        return self.dsn(SUPERUSER, self._installation.password, "postgres")

    @property
    def running(self) -> bool:
        """Whether the server process runs."""
        return self._process is not None and self._process.running

    @property
    def pid(self) -> int | None:
        """The number of the server process, while there is one."""
        return self._process.pid if self._process else None

    def dsn(self, role: str, password: str, database: str) -> str:
        """The address of a database for a role, as asyncpg reads it."""
        return (
            f"postgresql://{quote(role, safe='')}:{quote(password, safe='')}@{self.host}:{self.port}/{quote(database)}"
        )

    async def start(self) -> None:
        """Start it and wait until it answers; nothing happens when it runs."""
        if self.running:
            return
        await clear_after_crash(self.data_dir)
        self._installation.open_socket_folder(self._socket_folder)
        self._process = ChildProcess.start(self._launch)
        await self._process.wait_ready(self._answers, seconds=READY_S)

    async def stop(self) -> None:
        """A fast clean stop: clients are cut, everything is checkpointed. May be called again."""
        if self._process:
            await self._process.stop(grace=STOP_GRACE_S)
        if self._socket_folder.parent != self._installation.folder:
            shutil.rmtree(self._socket_folder, ignore_errors=True)

    async def kill(self) -> None:
        """SIGKILL to the server and all its backends. May be called again."""
        if self._process:
            await self._process.kill()

    async def restart(self) -> None:
        """Stop it if it runs, and start it on the same port with the same data."""
        await self.stop()
        await self.start()

    async def _answers(self) -> bool:
        try:
            connection = await asyncpg.connect(self.superuser_dsn, timeout=5)
        except asyncpg.InvalidPasswordError as error:
            raise LocalStackError(
                f"The superuser's password in the secrets folder does not open the database in {self.data_dir}. "
                "Restore the file that belongs to it, or remove the folder to start anew."
            ) from error
        except (OSError, asyncpg.PostgresError, TimeoutError):
            return False
        await connection.close()
        return True


async def start_postgres(*, data_dir: Path, binaries: Path, port: int | None = None, log_path: Path) -> PostgresServer:
    """Start a server on its folder, making the database cluster the first time.

    The folder that holds `data_dir` is the home: the superuser's password and the process file are kept in it.
    """
    installation = await asyncio.to_thread(_install, data_dir, binaries)
    refuse_running(installation.cluster)
    server = PostgresServer(installation, port=claim_port(port, "PostgreSQL"), log_path=log_path)
    await server.start()
    return server


def _install(data_dir: Path, binaries: Path) -> Installation:
    data_dir = data_dir.absolute()
    home = Home(data_dir.parent)
    password = home.secret_text(f"{data_dir.name}-superuser".lower())
    account = unprivileged_account()
    folder = reachable_folder(account, data_dir) if account else data_dir
    folder.mkdir(mode=0o700, exist_ok=True)
    programs = reachable_programs(account, binaries, folder) if account else binaries
    installation = Installation(
        binaries=programs,
        folder=folder,
        password=password,
        account=account,
        pid_path=home.run / f"{data_dir.name}.pid",
    )
    _check_version(installation)
    if not installation.cluster.exists():
        _make_cluster(installation)
    return installation


def _check_version(installation: Installation) -> None:
    marker = installation.cluster / "PG_VERSION"
    wanted = major_version(installation.binaries)
    if marker.exists() and (found := marker.read_text(encoding="ascii").strip()) != wanted:
        raise LocalStackError(
            f"The data in {installation.cluster} is of PostgreSQL {found}, but the programs are of {wanted}. "
            "Choose another home, or move the data with pg_dump."
        )


def _make_cluster(installation: Installation) -> None:
    """Run initdb beside the place and move the result there: a crash leaves no half cluster."""
    draft = installation.folder / f".cluster-{secrets.token_hex(4)}"
    password_file = installation.folder / f".password-{secrets.token_hex(4)}"
    write_private(password_file, installation.password + "\n")
    installation.hand_over(password_file)
    try:
        _run_initdb(installation, draft, password_file)
    finally:
        password_file.unlink(missing_ok=True)
    draft.rename(installation.cluster)


def _run_initdb(installation: Installation, draft: Path, password_file: Path) -> None:
    account = installation.account
    command = (
        *(str(installation.binaries / "initdb"), f"--pgdata={draft}", f"--pwfile={password_file}"),
        *("--auth=scram-sha-256", f"--username={SUPERUSER}", "--encoding=UTF8", "--locale=C"),
        *("--data-checksums", "--no-instructions"),
    )
    done = subprocess.run(
        command,
        cwd=installation.folder,
        env=dict(PLAIN_ENVIRONMENT),
        user=account.uid if account else None,
        group=account.gid if account else None,
        extra_groups=() if account else None,
        capture_output=True,
        text=True,
        timeout=INITDB_S,
        check=False,
    )
    if done.returncode != 0:
        shutil.rmtree(draft, ignore_errors=True)
        raise LocalStackError(f"initdb failed: {(done.stderr.strip() or done.stdout.strip())[-500:]}")


def _command(installation: Installation, port: int, socket_folder: Path) -> tuple[str, ...]:
    settings = {**SETTINGS, "listen_addresses": HOST, "port": str(port)}
    settings |= {"unix_socket_directories": str(socket_folder), "unix_socket_permissions": "0700"}
    options = (part for name, value in settings.items() for part in ("-c", f"{name}={value}"))
    return (str(installation.binaries / "postgres"), "-D", str(installation.cluster), *options)
