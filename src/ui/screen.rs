//! The one place that writes to the standard streams and reads an answer from a person.
//!
//! stdout is the answer, stderr is talk. What is said on stderr is taken for plain text and cleaned; what is answered
//! may have styles, so stored text in it has been cleaned by whoever rendered it. A failure to talk is never an
//! error; a reader who closes stdout shows as [`io::ErrorKind::BrokenPipe`], which the caller takes for success.

use std::error::Error;
use std::fs::File;
use std::io;
use std::io::BufRead;
use std::io::Write;

use anstream::AutoStream;
use anstream::adapter::strip_str;
use anstyle::AnsiColor;
use anstyle::Style;
use terminal_size::Height;
use terminal_size::Width;
use unicode_width::UnicodeWidthStr;

use crate::model::causes::causes;
use crate::ui::pager::Pager;
use crate::ui::programs;
use crate::ui::sanitize;

const ERROR: Style = AnsiColor::Red.on_default().bold();
const WARNING: Style = AnsiColor::Yellow.on_default().bold();
const HINT: Style = AnsiColor::Cyan.on_default().bold();
const CAUSE: Style = Style::new().dimmed();

/// The width that text is filled to where there is no terminal to ask.
const USUAL_WIDTH: usize = 80;

/// When to use colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ColorChoice {
    /// On a terminal.
    #[default]
    Auto,
    Always,
    Never,
}

/// How much is said on stderr.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Talk {
    #[default]
    Usual,
    /// Nothing but warnings and errors.
    Quiet,
}

/// What the screen knows of its surroundings.
#[derive(Clone, Debug, Default)]
pub struct ScreenSettings {
    pub color: ColorChoice,
    pub pager: Option<Pager>,
    /// Overrules the terminal's own width.
    pub width: Option<usize>,
    pub stdin_is_terminal: bool,
    pub stdout_is_terminal: bool,
    pub stderr_is_terminal: bool,
    pub talk: Talk,
}

/// What an answer that is given again and again takes up on a terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Redraw {
    Screen,
    Line,
}

/// What a person said to a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    Yes,
    No,
    /// There is no terminal, or the input ended: nobody was there to ask.
    Nobody,
}

impl Answer {
    fn read(line: &str) -> Self {
        match line.trim().to_lowercase().as_str() {
            _ if line.is_empty() => Self::Nobody,
            "y" | "yes" => Self::Yes,
            _ => Self::No,
        }
    }
}

/// The standard streams, as the user wants them used.
pub struct Screen {
    settings: ScreenSettings,
    out: Box<dyn Write>,
    err: Box<dyn Write>,
}

impl Screen {
    pub fn new(settings: ScreenSettings) -> Self {
        // Passing everything on, because bytes are answered as they are; older Windows consoles are set up all the same.
        let out = Box::new(AutoStream::always_ansi(io::stdout()));
        let err = Box::new(AutoStream::always_ansi(io::stderr()));
        Self { settings, out, err }
    }

    /// The columns that paragraphs are filled to.
    pub fn width(&self) -> usize {
        self.settings.width.or_else(|| self.size().map(|(width, _)| width)).unwrap_or(USUAL_WIDTH)
    }

    /// The columns that lines are cut to: none into a pipe or a file, where nothing should be missing.
    pub fn limit(&self) -> Option<usize> {
        self.settings.width.or_else(|| self.size().map(|(width, _)| width))
    }

    /// Answers with styled text, as it is: with its last newline, if it has one.
    pub fn answer(&mut self, text: &str) -> io::Result<()> {
        if self.colors(self.settings.stdout_is_terminal) {
            return self.answer_bytes(text.as_bytes());
        }
        let plain = strip_str(text).to_string();
        self.answer_bytes(plain.as_bytes())
    }

    /// Answers with bytes that are not to be touched.
    pub fn answer_bytes(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.out.write_all(bytes)?;
        self.out.flush()
    }

    /// Answers over what was answered before, where a terminal shows it; else below it.
    pub fn redraw(&mut self, text: &str, what: Redraw) -> io::Result<()> {
        if !self.settings.stdout_is_terminal {
            return self.answer(text);
        }
        let text = if self.colors(true) { text.to_owned() } else { strip_str(text).to_string() };
        let size = self.size().unwrap_or((USUAL_WIDTH, usize::MAX));
        self.answer_bytes(drawn_over(&text, what, size).as_bytes())
    }

    /// Answers through the pager, where there is one and the text is longer than the screen.
    pub fn page(&mut self, text: &str) -> io::Result<()> {
        let Some(pager) = self.pager_for(text) else {
            return self.answer(text);
        };
        let shown = if self.colors(true) {
            pager.show(text)
        } else {
            pager.show(&strip_str(text).to_string())
        };
        if let Err(error) = shown {
            self.warn(&error.to_string());
            return self.answer(text);
        }
        Ok(())
    }

    /// Says something about what is going on.
    pub fn talk(&mut self, line: &str) {
        if self.settings.talk == Talk::Usual {
            self.say("", Style::new(), line);
        }
    }

    /// Says something that has styles; stored text in it has been cleaned by whoever rendered it.
    pub fn talk_styled(&mut self, text: &str) {
        if self.settings.talk == Talk::Usual {
            self.print(text);
        }
    }

    /// Says a line of a hook's: talk that says itself whose it is.
    pub fn say_plainly(&mut self, line: &str) {
        self.say("", Style::new(), line);
    }

    /// Passes on what another program says of its progress, to a person who is looking on.
    pub fn progress(&mut self, bytes: &[u8]) {
        if self.settings.talk == Talk::Usual && self.settings.stderr_is_terminal {
            // A carriage return draws over the line; all else that could move the cursor is another machine's.
            let text = String::from_utf8_lossy(bytes);
            let parts: Vec<_> = text.split('\r').map(sanitize::clean).collect();
            let _ = self.err.write_all(parts.join("\r").as_bytes()).and_then(|()| self.err.flush());
        }
    }

    pub fn warn(&mut self, message: &str) {
        self.say("warning: ", WARNING, message);
    }

    pub fn hint(&mut self, hint: &str) {
        if self.settings.talk == Talk::Usual {
            self.say("hint: ", HINT, hint);
        }
    }

    /// Reports an error with all its causes, and the command that helps.
    pub fn error(&mut self, error: &dyn Error, hint: Option<&str>) {
        let mut told = error.to_string();
        self.say("error: ", ERROR, &told);
        for cause in causes(error) {
            let text = cause.to_string();
            if !told.ends_with(&text) {
                self.say("caused by: ", CAUSE, &text);
            }
            told = text;
        }
        if let Some(hint) = hint {
            self.say("hint: ", HINT, hint);
        }
    }

    /// Whether answers go to a terminal.
    pub fn answers_a_terminal(&self) -> bool {
        self.settings.stdout_is_terminal
    }

    /// Whether a person at a terminal reads what is said.
    pub fn can_show(&self) -> bool {
        self.settings.stderr_is_terminal
    }

    /// Whether that person can answer.
    pub fn can_ask(&self) -> bool {
        self.settings.stdin_is_terminal && self.settings.stderr_is_terminal
    }

    /// Whether a person can be shown an editor and type in it.
    pub fn can_edit(&self) -> bool {
        self.settings.stdin_is_terminal && self.settings.stdout_is_terminal
    }

    /// Asks a question that is answered by `y` or, for anything else, no.
    pub fn confirm(&mut self, question: &str) -> io::Result<Answer> {
        if !self.can_ask() {
            return Ok(Answer::Nobody);
        }
        self.ask(question, &mut io::stdin().lock())
    }

    /// Asks for a line; `None` where nobody is there to give one.
    pub fn ask_line(&mut self, question: &str) -> io::Result<Option<String>> {
        if !self.can_ask() {
            return Ok(None);
        }
        self.line(question, &mut io::stdin().lock())
    }

    /// The same from a hook, whose own input is not the terminal.
    pub fn ask_line_on_terminal(&mut self, question: &str) -> io::Result<Option<String>> {
        if !self.can_show() {
            return Ok(None);
        }
        let terminal = File::open(programs::TERMINAL)?;
        self.line(question, &mut io::BufReader::new(terminal))
    }

    fn line(&mut self, question: &str, input: &mut dyn BufRead) -> io::Result<Option<String>> {
        self.print(&format!("{} ", sanitize::clean(question)));
        let mut line = String::new();
        input.read_line(&mut line)?;
        Ok((!line.is_empty()).then(|| line.trim().to_owned()))
    }

    /// The same from a hook, whose own input is not the terminal.
    pub fn confirm_on_terminal(&mut self, question: &str) -> io::Result<Answer> {
        if !self.can_show() {
            return Ok(Answer::Nobody);
        }
        match File::open(programs::TERMINAL) {
            Ok(terminal) => self.ask(question, &mut io::BufReader::new(terminal)),
            Err(_) => Ok(Answer::Nobody),
        }
    }

    fn ask(&mut self, question: &str, input: &mut dyn BufRead) -> io::Result<Answer> {
        self.print(&format!("{} [y/N] ", sanitize::clean(question)));
        let mut line = String::new();
        input.read_line(&mut line)?;
        let answer = Answer::read(&line);
        if answer == Answer::Nobody {
            self.print("\n");
        }
        Ok(answer)
    }

    /// Writes a message behind its label; further lines of it stand below its first.
    fn say(&mut self, label: &str, style: Style, message: &str) {
        let indent = format!("\n{}", " ".repeat(label.len()));
        let message = sanitize::clean(message.trim_end()).replace('\n', &indent);
        self.print(&format!("{style}{label}{style:#}{message}\n"));
    }

    fn print(&mut self, text: &str) {
        let colors = self.colors(self.settings.stderr_is_terminal);
        let text = if colors { text.to_owned() } else { strip_str(text).to_string() };
        let _ = self.err.write_all(text.as_bytes()).and_then(|()| self.err.flush());
    }

    fn colors(&self, is_terminal: bool) -> bool {
        match self.settings.color {
            ColorChoice::Auto => is_terminal,
            ColorChoice::Always => true,
            ColorChoice::Never => false,
        }
    }

    fn pager_for(&self, text: &str) -> Option<Pager> {
        let pager = self.settings.pager.clone().filter(|pager| !pager.is_idle())?;
        let (width, height) = self.size()?;
        is_taller(text, width, height).then_some(pager)
    }

    /// The terminal's columns and rows, where the answer goes to a terminal.
    fn size(&self) -> Option<(usize, usize)> {
        let size = self.settings.stdout_is_terminal.then(terminal_size::terminal_size)?;
        size.map(|(Width(width), Height(height))| (usize::from(width), usize::from(height)))
    }
}

/// A text that is drawn over the one before it: each line is cleared when it is written, so that nothing flickers.
/// Lines that the screen has no row for are left out, because they would move all others.
fn drawn_over(text: &str, what: Redraw, (width, height): (usize, usize)) -> String {
    if what == Redraw::Line {
        return format!("\r{}\x1b[K", text.trim_end());
    }
    let mut fitting = text.len();
    while is_taller(&text[..fitting], width, height) {
        fitting = text[..fitting].trim_end_matches('\n').rfind('\n').map_or(0, |end| end + 1);
    }
    format!("\x1b[H{}\x1b[J", text[..fitting].replace('\n', "\x1b[K\n"))
}

/// Whether a text does not fit on the screen, with a row left for the prompt that follows.
fn is_taller(text: &str, width: usize, height: usize) -> bool {
    let mut rows = 0;
    text.lines().any(|line| {
        rows += strip_str(line).to_string().width().div_ceil(width.max(1)).max(1);
        rows >= height
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::cell::RefCell;
    use std::rc::Rc;

    use insta::assert_snapshot;

    use super::*;
    use crate::ui::visible;

    #[derive(Clone, Default)]
    struct Captured(Rc<RefCell<Vec<u8>>>);

    impl Captured {
        fn text(&self) -> String {
            visible(&String::from_utf8(self.0.borrow().clone()).unwrap())
        }
    }

    impl Write for Captured {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.borrow_mut().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn screen(settings: ScreenSettings) -> (Screen, Captured, Captured) {
        let (out, err) = (Captured::default(), Captured::default());
        let screen = Screen { settings, out: Box::new(out.clone()), err: Box::new(err.clone()) };
        (screen, out, err)
    }

    fn colored() -> ScreenSettings {
        ScreenSettings { color: ColorChoice::Always, ..ScreenSettings::default() }
    }

    #[derive(Debug, thiserror::Error)]
    #[error("cannot read checkpoint `{0}`")]
    struct Outer(&'static str, #[source] Inner);

    #[derive(Debug, thiserror::Error)]
    #[error("the object is missing\nand so is its \x1b[31mtree")]
    struct Inner;

    #[test]
    fn an_error_tells_its_causes_and_what_helps() {
        let (mut screen, out, err) = screen(colored());
        screen.error(&Outer("3f2a", Inner), Some("run `git ckpt fetch`"));
        assert_snapshot!(err.text(), @"
        ‹b›‹red›error: ‹/›cannot read checkpoint `3f2a`
        ‹dim›caused by: ‹/›the object is missing
                   and so is its tree
        ‹b›‹cyan›hint: ‹/›run `git ckpt fetch`
        ");
        assert_eq!(out.text(), "");
    }

    #[test]
    fn colours_are_for_terminals_unless_asked_for() {
        let (mut screen, out, err) =
            screen(ScreenSettings { stdout_is_terminal: true, ..ScreenSettings::default() });
        screen.answer("\x1b[1mbold\x1b[0m\n").unwrap();
        screen.warn("careful");
        assert_eq!(
            (out.text().as_str(), err.text().as_str()),
            ("‹b›bold‹/›\n", "warning: careful\n")
        );
    }

    #[test]
    fn a_pipe_gets_plain_text_but_bytes_as_they_are() {
        let (mut screen, out, _) = screen(ScreenSettings::default());
        screen.answer("\x1b[1mbold\x1b[0m\n").unwrap();
        screen.page("paged\n").unwrap();
        screen.answer_bytes(b"\x1b[1mraw").unwrap();
        assert_eq!(out.text(), "bold\npaged\n‹b›raw");
    }

    #[test]
    fn quiet_leaves_warnings_and_errors() {
        let (mut screen, _, err) =
            screen(ScreenSettings { talk: Talk::Quiet, ..ScreenSettings::default() });
        screen.talk("saved");
        screen.hint("run `git ckpt push`");
        screen.warn("one secret was replaced");
        assert_eq!(err.text(), "warning: one secret was replaced\n");
    }

    #[test]
    fn only_a_yes_is_a_yes() {
        let table = [
            ("y\n", Answer::Yes),
            ("YES\r\n", Answer::Yes),
            ("\n", Answer::No),
            ("yup\n", Answer::No),
            ("", Answer::Nobody),
        ];
        for (line, answer) in table {
            let (mut screen, _, err) = screen(ScreenSettings::default());
            assert_eq!(
                screen.ask("Replace it?", &mut line.as_bytes()).unwrap(),
                answer,
                "{line:?}"
            );
            assert!(err.text().starts_with("Replace it? [y/N] "));
        }
    }

    #[test]
    fn nobody_is_asked_without_a_terminal() {
        let (mut screen, _, err) = screen(ScreenSettings::default());
        assert_eq!(screen.confirm("Replace it?").unwrap(), Answer::Nobody);
        assert_eq!(err.text(), "");
    }

    #[test]
    fn a_reader_that_went_away_shows_as_a_broken_pipe() {
        let (reader, writer) = io::pipe().unwrap();
        drop(reader);
        let (mut screen, _, _) = screen(ScreenSettings::default());
        screen.out = Box::new(writer);
        assert_eq!(screen.answer("text\n").unwrap_err().kind(), io::ErrorKind::BrokenPipe);
    }

    #[test]
    fn a_text_is_measured_in_the_rows_it_takes() {
        assert!(!is_taller("1\n\n3\n", 10, 4));
        assert!(is_taller("1\n\n3\n4\n", 10, 4));
        assert!(is_taller("more than two rows of ten\n", 10, 3));
        assert!(!is_taller("\x1b[1mjust ten !\x1b[0m\n", 10, 2));
    }

    #[test]
    fn what_is_drawn_over_clears_each_line_and_stays_on_the_screen() {
        let drawn = |text, what, height| drawn_over(text, what, (10, height));
        assert_eq!(drawn("a\nb\n", Redraw::Screen, 9), "\x1b[Ha\x1b[K\nb\x1b[K\n\x1b[J");
        assert_eq!(drawn("a\nb\nc\n", Redraw::Screen, 3), "\x1b[Ha\x1b[K\nb\x1b[K\n\x1b[J");
        assert_eq!(drawn("a\nb\n", Redraw::Screen, 1), "\x1b[H\x1b[J");
        assert_eq!(drawn("a\n", Redraw::Line, 9), "\ra\x1b[K");
    }

    #[test]
    fn the_width_is_the_usual_one_without_a_terminal() {
        let (screen, ..) = screen(ScreenSettings::default());
        assert_eq!((screen.width(), screen.limit()), (USUAL_WIDTH, None));
    }
}
