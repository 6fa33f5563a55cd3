//! What only a terminal shows: the question of the gate, the pager, colours. `script` lends one.

use crate::world::{Run, World, has_terminal};

fn on_terminal(world: &World, line: &str, typed: &str, environment: &[(&str, &str)]) -> Run {
    world.on_terminal(&format!("stty rows 24 cols 80; {line}"), typed, environment)
}

fn saved() -> World {
    let world = World::with_session();
    world.ckpt(&["save"]);
    std::fs::remove_dir_all(world.home().join(".claude")).unwrap();
    world
}

#[test]
fn a_yes_at_the_terminal_restores() {
    if !has_terminal() {
        return;
    }
    let world = saved();
    let run = on_terminal(&world, "git-ckpt restore", "y\n", &[]);
    assert_eq!(run.code, 0, "{run}");
    assert!(run.stdout().contains("restore it? [y/N] "), "{run}");
    assert!(world.claude().path().is_file());
}

#[test]
fn anything_else_restores_nothing() {
    if !has_terminal() {
        return;
    }
    for typed in ["n\n", "\n", "why\n"] {
        let world = saved();
        let run = on_terminal(&world, "git-ckpt restore", typed, &[]);
        assert_eq!(run.code, 4, "{run}");
        assert!(run.stdout().contains("nothing was restored"), "{run}");
        assert!(!world.claude().path().exists());
    }
}

#[test]
fn a_page_longer_than_the_terminal_goes_through_the_pager() {
    if !has_terminal() {
        return;
    }
    let world = saved();
    world.program("my-pager", r#"echo "paged with LESS=$LESS:"; cat"#);
    let paged = |line: &str, environment: &[(&str, &str)]| {
        on_terminal(&world, line, "", environment).stdout().contains("paged with")
    };
    let pager = [("GIT_PAGER", "my-pager")];
    assert!(paged("git-ckpt show", &pager));
    assert!(paged("git-ckpt show", &[("PAGER", "my-pager")]));
    assert!(!paged("git-ckpt show --stat", &pager), "it fits the screen");
    assert!(!paged("git-ckpt --no-pager show", &pager));
    assert!(!paged("git-ckpt show --raw", &pager));
    assert!(!paged("git-ckpt show | cat", &pager));
    world.git(&["config", "core.pager", "my-pager"]);
    assert!(paged("git-ckpt show", &[]));
    assert!(!paged("git-ckpt show", &[("GIT_PAGER", "cat")]));
    let run = on_terminal(&world, "git-ckpt show", "", &[]);
    assert!(run.stdout().contains("LESS=FRX:"), "{run}");
}

#[test]
fn a_pager_that_is_not_there_costs_a_warning_and_not_the_answer() {
    if !has_terminal() {
        return;
    }
    let world = saved();
    let run = on_terminal(&world, "git-ckpt show", "", &[("GIT_PAGER", "no-such-pager")]);
    assert_eq!(run.code, 0, "{run}");
    assert!(run.stdout().contains("warning: ") && run.stdout().contains("Last words"), "{run}");
}

#[test]
fn a_terminal_gets_colours_unless_they_are_unwanted() {
    if !has_terminal() {
        return;
    }
    let world = saved();
    let colored = |line: &str, environment: &[(&str, &str)]| {
        on_terminal(&world, line, "", environment).output.stdout.contains(&0x1b)
    };
    assert!(colored("git-ckpt log", &[]));
    assert!(!colored("git-ckpt log", &[("NO_COLOR", "1")]));
    assert!(!colored("git-ckpt log", &[("TERM", "dumb")]));
    assert!(!colored("git-ckpt log --color never", &[]));
    world.git(&["config", "color.ui", "false"]);
    assert!(!colored("git-ckpt log", &[]));
}

#[test]
fn lines_of_sessions_fit_the_terminal_however_old_they_are() {
    if !has_terminal() {
        return;
    }
    let world = World::new();
    for number in 0..3 {
        let id = format!("aaaa000{number}-0000-4000-8000-000000000000");
        world.claude().id(&id).title("Water the beds that are dry, and only those").write();
        world.wait(115 * 86_400);
    }
    let live = [("CLAUDE_CODE_SESSION_ID", "aaaa0000-0000-4000-8000-000000000000")];
    let run = on_terminal(&world, "git-ckpt --color never sessions", "", &live);
    for line in run.stdout().lines() {
        assert!(line.trim_end().chars().count() <= 80, "{} columns: {line}", line.chars().count());
    }
    assert!(run.stdout().contains("11 months"), "{run}");
    assert!(run.stdout().contains("Water the b"), "{run}");
}

#[test]
fn lines_of_history_are_cut_to_the_terminal() {
    if !has_terminal() {
        return;
    }
    let world = World::with_session();
    world.commit(&format!("A subject that {}", "goes on and ".repeat(20)));
    world.save(&["-m", &format!("# A title that {}", "goes on and ".repeat(20))]);
    let run = on_terminal(&world, "git-ckpt --color never log", "", &[]);
    for line in run.stdout().lines() {
        assert!(line.chars().count() <= 80, "{} columns: {line}", line.chars().count());
    }
    assert!(
        world.ckpt(&["log"]).stdout().contains(&"goes on and ".repeat(20).trim_end().to_owned())
    );
}

#[test]
fn a_person_is_asked_before_anything_goes_where_others_may_read_it() {
    if !has_terminal() {
        return;
    }
    let world = saved();
    // Nobody is reached through this proxy: what is seen is what was agreed to on the way.
    world.git(&["config", "http.proxy", "http://127.0.0.1:9"]);
    world.git(&["remote", "add", "origin", "https://github.com/ada/garden.git"]);
    let run = on_terminal(&world, "git-ckpt push", "n\n", &[]);
    assert_eq!(run.code, 4, "{run}");
    assert!(run.stdout().contains("become as readable as the code there"), "{run}");
    assert!(run.stdout().contains("send them there? [y/N] "), "{run}");
    let run = on_terminal(&world, "git-ckpt push", "y\n", &[]);
    assert_eq!(run.code, 9, "{run}");
    let run = on_terminal(&world, "git-ckpt push", "", &[]);
    assert_eq!(run.code, 9, "{run}");
    assert!(!run.stdout().contains("[y/N]"), "{run}");
}

#[test]
fn progress_is_for_terminals() {
    if !has_terminal() {
        return;
    }
    let world = saved();
    let server = world.home().join("server.git");
    world.git(&["init", "--quiet", "--bare", server.to_str().unwrap()]);
    world.git(&["remote", "add", "origin", server.to_str().unwrap()]);
    let run = on_terminal(&world, "git-ckpt push", "", &[]);
    assert!(run.stdout().contains("Writing objects: 100%"), "{run}");
    world.save(&["--no-session", "-m", "# More"]);
    let run = world.ckpt(&["push"]);
    assert_eq!((run.code, run.stderr().as_str()), (0, ""));
    world.save(&["--no-session", "-m", "# Still more"]);
    let run = on_terminal(&world, "git-ckpt push --quiet", "", &[]);
    assert!(!run.stdout().contains("Writing objects"), "{run}");
}
