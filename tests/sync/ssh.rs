//! A real server over ssh: `sshd` on loopback, with keys and a configuration of its own, as whoever runs the tests.

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::team::{Team, sorted};

/// Where the program may lie; it wants to be started by its whole path.
const PLACES: [&str; 4] =
    ["/usr/sbin/sshd", "/usr/local/sbin/sshd", "/sbin/sshd", "/opt/homebrew/sbin/sshd"];

/// A server that runs until the test ends.
struct Sshd {
    server: Child,
    port: u16,
    directory: PathBuf,
    user: String,
}

impl Drop for Sshd {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

fn output(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).stdin(Stdio::null()).output().unwrap();
    assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

impl Sshd {
    /// `options` are added to the configuration. `None` where there is no server to start.
    fn start(team: &Team, name: &str, options: &str) -> Option<Self> {
        let Some(program) = PLACES.into_iter().find(|place| Path::new(place).exists()) else {
            eprintln!("skipped: sshd is not installed");
            return None;
        };
        let directory = team.world.path(name);
        fs::create_dir(&directory).unwrap();
        let file = |name: &str| directory.join(name).to_str().unwrap().to_owned();
        for key in ["host", "user"] {
            output("ssh-keygen", &["-q", "-t", "ed25519", "-N", "", "-f", &file(key)]);
        }
        // A server that is started by root keeps the place of its unprivileged part there, and must find it.
        let _ = fs::create_dir_all("/run/sshd");
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let path = team.world.search_path.to_str().unwrap();
        let text = format!(
            "Port {port}\nListenAddress 127.0.0.1\nHostKey {}\nAuthorizedKeysFile {}\nPidFile none\nStrictModes no\n\
             UsePAM no\nPasswordAuthentication no\nKbdInteractiveAuthentication no\nPermitRootLogin yes\n\
             SetEnv PATH={path} GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL=/dev/null\n{options}\n",
            file("host"),
            file("user.pub"),
        );
        fs::write(directory.join("config"), text).unwrap();
        let log = fs::File::create(directory.join("log")).unwrap();
        let server = Command::new(program)
            .args(["-D", "-e", "-f", &file("config")])
            .stdin(Stdio::null())
            .stderr(log)
            .spawn()
            .unwrap();
        let user = output("id", &["-un"]);
        let started = Self { server, port, directory, user };
        started.wait();
        started.know_the_host();
        Some(started)
    }

    fn wait(&self) {
        let start = Instant::now();
        while TcpStream::connect(("127.0.0.1", self.port)).is_err() {
            let log = fs::read_to_string(self.directory.join("log")).unwrap_or_default();
            assert!(start.elapsed() < Duration::from_secs(10), "sshd does not start: {log}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn know_the_host(&self) {
        let key = fs::read_to_string(self.directory.join("host.pub")).unwrap();
        let known = format!("[127.0.0.1]:{} {key}", self.port);
        fs::write(self.directory.join("known"), known).unwrap();
    }

    fn address(&self, repository: &Path) -> String {
        format!("ssh://{}@127.0.0.1:{}{}", self.user, self.port, repository.display())
    }

    /// How git is to call ssh, so that nothing of the user's own is read.
    fn command(&self, key: &str, known: &str) -> String {
        let file = |name: &str| self.directory.join(name).display().to_string();
        format!(
            "ssh -F /dev/null -i {} -o IdentitiesOnly=yes -o IdentityAgent=none -o UserKnownHostsFile={} -o GlobalKnownHostsFile=/dev/null",
            file(key),
            file(known)
        )
    }

    /// A clone of the team's server that comes and goes over ssh.
    fn clone(&self, team: &Team, name: &str) -> PathBuf {
        let ssh = format!("core.sshCommand={}", self.command("user", "known"));
        team.clone_of(&self.address(&team.server), name, &["--config", &ssh])
    }
}

#[test]
fn a_team_shares_over_ssh() {
    let team = Team::new();
    let Some(sshd) = Sshd::start(&team, "sshd", "") else { return };
    let (ada, bob) = (sshd.clone(&team, "ada"), sshd.clone(&team, "bob"));
    let first = team.save_session(&ada, "first", 4);
    team.ckpt(&ada, &["push"]);
    team.ckpt(&bob, &["fetch", "--logs"]);
    assert_eq!(team.readable(&bob), std::slice::from_ref(&first));
    let original = fs::read(team.world.transcript(&ada, "first")).unwrap();
    assert_eq!(team.world.restored(&bob, &first), original);
    let second = team.save_session(&bob, "second", 3);
    for place in [&bob, &ada] {
        team.ckpt(place, &["sync", "--logs"]);
    }
    assert_eq!(team.readable(&ada), sorted(&[&first, &second]));
    assert_eq!(team.readable(&bob), team.readable(&ada));
    // And with a remote that is only an address.
    let carol = team.clone("carol");
    let ssh = sshd.command("user", "known");
    team.world.git(&carol, &["config", "core.sshCommand", &ssh]);
    team.ckpt(&carol, &["fetch", "--logs", &sshd.address(&team.server)]);
    assert_eq!(team.readable(&carol), team.readable(&ada));
    assert_eq!(team.world.restored(&carol, &first), original);
    for place in [&ada, &bob, &carol] {
        team.world.is_in_order(place);
    }
    team.world.passes_fsck(&team.server);
}

#[test]
fn whoever_is_not_let_in_is_told_and_nobody_is_asked() {
    let team = Team::new();
    let Some(sshd) = Sshd::start(&team, "sshd", "") else { return };
    let ada = sshd.clone(&team, "ada");
    team.save(&ada, "# One");
    let start = Instant::now();
    // A key that the server does not know; and a server that ssh does not know, which it would ask about.
    for (key, known) in [("host", "known"), ("user", "nothing")] {
        team.world.git(&ada, &["config", "core.sshCommand", &sshd.command(key, known)]);
        for command in ["push", "fetch", "sync"] {
            team.world.ckpt(&ada, &[command]).fails(9, &["does not let you in"]);
        }
    }
    assert!(start.elapsed() < Duration::from_secs(30), "{:?}", start.elapsed());
    assert!(team.refs(&team.server, "refs/notes").is_empty());
    team.world.git(&ada, &["config", "core.sshCommand", &sshd.command("user", "known")]);
    team.world
        .ckpt(&ada, &["push", &sshd.address(Path::new("/nowhere"))])
        .fails(9, &["is no repository"]);
    team.ckpt(&ada, &["push"]);
}

#[test]
fn a_server_that_declines_over_ssh_gets_nothing_until_it_agrees() {
    let team = Team::new();
    let Some(sshd) = Sshd::start(&team, "sshd", "") else { return };
    let ada = sshd.clone(&team, "ada");
    team.save_session(&ada, "first", 3);
    let hook = team.server.join("hooks/pre-receive");
    fs::create_dir_all(hook.parent().unwrap()).unwrap();
    fs::write(&hook, "#!/bin/sh\necho 'no notes on fridays' >&2\nexit 1\n").unwrap();
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    fs::set_permissions(&hook, mode).unwrap();
    let words = ["declined what was sent", "no notes on fridays"];
    for command in ["push", "sync"] {
        team.world.ckpt(&ada, &[command]).fails(9, &words);
    }
    assert!(team.refs(&team.server, "refs/notes").is_empty());
    fs::remove_file(hook).unwrap();
    team.ckpt(&ada, &["push"]);
    assert_eq!(team.refs(&team.server, "refs/notes").len(), 2);
}

#[test]
fn a_server_that_hangs_or_hangs_up_over_ssh_costs_nothing_but_the_time_limit() {
    let team = Team::new();
    for (name, command, words) in [
        ("hangs", "sleep 60", &["nothing was heard", "for 1 seconds"][..]),
        ("hangs-up", "exit 1", &[]),
        ("babbles", "echo hello", &[]),
    ] {
        let Some(sshd) = Sshd::start(&team, name, &format!("ForceCommand {command}")) else {
            return;
        };
        let ada = team.clone(&format!("ada-{name}"));
        team.save(&ada, "# One");
        team.world.git(&ada, &["config", "core.sshCommand", &sshd.command("user", "known")]);
        team.world.git(&ada, &["config", "ckpt.remoteTimeout", "1"]);
        let address = sshd.address(&team.server);
        for command in ["push", "fetch", "sync"] {
            let start = Instant::now();
            team.world.ckpt(&ada, &[command, &address]).fails(9, words);
            assert!(start.elapsed() < Duration::from_secs(8), "{name}: {:?}", start.elapsed());
        }
        team.world.git(&ada, &["config", "ckpt.remoteTimeout", "60"]);
        team.ckpt(&ada, &["push"]);
        team.world.is_in_order(&ada);
    }
}

#[test]
fn a_host_that_takes_the_connection_and_says_nothing_is_given_up() {
    let team = Team::new();
    let ada = team.clone("ada");
    team.save(&ada, "# One");
    if Command::new("ssh").arg("-V").stderr(Stdio::null()).status().is_err() {
        eprintln!("skipped: ssh is not installed");
        return;
    }
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = silent.local_addr().unwrap().port();
    team.world.git(&ada, &["config", "core.sshCommand", "ssh -F /dev/null"]);
    team.world.git(&ada, &["config", "ckpt.remoteTimeout", "1"]);
    let start = Instant::now();
    let address = format!("ssh://x@127.0.0.1:{port}/x.git");
    team.world.ckpt(&ada, &["push", &address]).fails(9, &["nothing was heard"]);
    assert!(start.elapsed() < Duration::from_secs(6), "{:?}", start.elapsed());
}
