//! Shows markdown on a terminal: the documents that checkpoints hold.
//!
//! It takes time linear in the size of the document, whatever that nests, and no escape comes out but its own. Front
//! matter is the caller's to take off; HTML is shown as it is written, an image by its description and address.

mod grid;
mod page;
mod styled;

use anstyle::AnsiColor;
use anstyle::Style;
use pulldown_cmark::Event;
use pulldown_cmark::HeadingLevel;
use pulldown_cmark::Options;
use pulldown_cmark::Parser;
use pulldown_cmark::Tag;
use pulldown_cmark::TagEnd;

use crate::ui::markdown::grid::Grid;
use crate::ui::markdown::page::{Page, Tick};
use crate::ui::markdown::styled::Styled;
use crate::ui::sanitize;

const FAINT: Style = Style::new().dimmed();
const CODE_COLOR: AnsiColor = AnsiColor::Cyan;
const CODE_INDENT: &str = "    ";
const BULLETS: [&str; 2] = ["• ", "◦ "];
const HALF_BOX: &str = "[~] ";
const LONGEST_RULE: usize = 80;

/// Longest document that is rendered; a longer one is shown as it is written. A page takes a hundred times the memory
/// of a table that is made of nothing but cells.
const LONGEST: usize = 1 << 20;

/// Renders a document as lines with ANSI styles, its paragraphs filled to `width` columns.
pub fn render(markdown: &str, width: usize) -> String {
    let source = sanitize::clean(markdown);
    if source.len() > LONGEST {
        return source.into_owned();
    }
    let options =
        Options::ENABLE_TABLES | Options::ENABLE_TASKLISTS | Options::ENABLE_STRIKETHROUGH;
    let mut reader = Reader { page: Page::new(width), ..Reader::default() };
    for event in Parser::new_ext(&source, options) {
        reader.take(event);
    }
    reader.page.finish()
}

/// What is open around a block.
#[derive(Debug)]
enum Container {
    Quote,
    List { number: Option<u64>, loose: bool },
}

/// Gathers events into blocks and puts these on the page.
#[derive(Debug, Default)]
struct Reader {
    page: Page,
    containers: Vec<Container>,
    /// How many of the open lists have bullets.
    bullets: usize,
    inline: Styled,
    styles: Vec<Style>,
    /// Where the text of each open link starts, and where the link leads.
    links: Vec<(usize, String)>,
    verbatim: Option<String>,
    grid: Option<Grid>,
}

impl Reader {
    fn take(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) | Event::Html(text) => self.text(&text),
            Event::Code(code) => {
                self.inline.push(&code, self.style().fg_color(Some(CODE_COLOR.into())))
            }
            Event::InlineHtml(html) if matches!(&*html, "<br>" | "<br/>" | "<br />") => {
                self.text("\n")
            }
            Event::InlineHtml(html) => self.inline.push(&html, self.style().dimmed()),
            Event::SoftBreak => self.text(" "),
            Event::HardBreak => self.text("\n"),
            Event::TaskListMarker(checked) => {
                let tick = if checked { Tick::Checked } else { Tick::Open };
                self.page.tick(tick, self.bullet());
            }
            Event::Rule => self.rule(),
            Event::InlineMath(_) | Event::DisplayMath(_) | Event::FootnoteReference(_) => {}
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::Emphasis => self.styles.push(self.style().italic()),
            Tag::Strong => self.styles.push(self.style().bold()),
            Tag::Strikethrough => self.styles.push(self.style().strikethrough()),
            Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. } => {
                self.start_link(dest_url.into_string())
            }
            Tag::TableHead => self.start_row(self.style().bold()),
            Tag::TableRow => self.start_row(self.style()),
            Tag::TableCell => {}
            block => self.start_block(block),
        }
    }

    fn start_block(&mut self, tag: Tag<'_>) {
        self.flush();
        match tag {
            Tag::Paragraph => self.loosen(),
            Tag::Heading { level: HeadingLevel::H1, .. } => {
                self.styles.push(self.style().bold().underline())
            }
            Tag::Heading { .. } => self.styles.push(self.style().bold()),
            Tag::BlockQuote(_) => {
                self.page.open_quote();
                self.containers.push(Container::Quote);
            }
            Tag::List(number) => self.start_list(number),
            Tag::Item => self.start_item(),
            Tag::CodeBlock(_) | Tag::HtmlBlock => self.verbatim = Some(String::new()),
            Tag::Table(aligned) => self.grid = Some(Grid::new(aligned)),
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Paragraph => self.end_block(),
            TagEnd::Heading(_) => {
                self.end_block();
                self.styles.pop();
            }
            TagEnd::BlockQuote(_) | TagEnd::List(_) => self.end_container(),
            TagEnd::Item => {
                self.flush();
                self.page.close();
            }
            TagEnd::CodeBlock => self.end_verbatim(CODE_INDENT),
            TagEnd::HtmlBlock => self.end_verbatim(""),
            TagEnd::Table => self.end_table(),
            TagEnd::TableCell => self.end_cell(),
            TagEnd::Link | TagEnd::Image => self.end_link(),
            TagEnd::TableHead
            | TagEnd::TableRow
            | TagEnd::Emphasis
            | TagEnd::Strong
            | TagEnd::Strikethrough => {
                self.styles.pop();
            }
            _ => {}
        }
    }

    fn style(&self) -> Style {
        self.styles.last().copied().unwrap_or_default()
    }

    fn text(&mut self, text: &str) {
        match &mut self.verbatim {
            Some(verbatim) => verbatim.push_str(text),
            None => self.inline.push(text, self.style()),
        }
    }

    /// Writes the text that was gathered; in a tight list it is in no paragraph that would end.
    fn flush(&mut self) {
        // A box that is half full, as documents have it for what is in progress, is none to the parser.
        if self.page.is_at_item() && self.inline.take_start(HALF_BOX) {
            self.page.tick(Tick::Half, self.bullet());
        }
        if !self.inline.text().is_empty() {
            let lines = std::mem::take(&mut self.inline).lines(self.page.room());
            self.page.block(lines.iter().map(|line| &line.text));
        }
    }

    fn end_block(&mut self) {
        self.flush();
        let tight = matches!(self.containers.last(), Some(Container::List { loose: false, .. }));
        self.page.separate(!tight);
    }

    /// A paragraph in an item tells that blank lines separate the items of its list.
    fn loosen(&mut self) {
        if let Some(Container::List { loose, .. }) = self.containers.last_mut() {
            *loose = true;
        }
    }

    fn start_list(&mut self, number: Option<u64>) {
        if let Some(Container::List { .. }) = self.containers.last() {
            self.page.separate(false);
        }
        self.bullets += usize::from(number.is_none());
        self.containers.push(Container::List { number, loose: false });
    }

    fn start_item(&mut self) {
        let bullet = self.bullet();
        match self.containers.last_mut() {
            Some(Container::List { number: Some(number), .. }) => {
                self.page.open_item(&format!("{number}. "));
                *number = number.saturating_add(1);
            }
            _ => self.page.open_item(bullet),
        }
    }

    fn bullet(&self) -> &'static str {
        BULLETS[self.bullets.saturating_sub(1) % BULLETS.len()]
    }

    fn end_container(&mut self) {
        self.flush();
        match self.containers.pop() {
            Some(Container::Quote) => self.page.close(),
            Some(Container::List { number: None, .. }) => self.bullets -= 1,
            _ => {}
        }
        self.end_block();
    }

    fn end_verbatim(&mut self, indent: &str) {
        let verbatim = self.verbatim.take().unwrap_or_default();
        self.page.block(verbatim.lines().map(|line| match line {
            "" => String::new(),
            line => format!("{indent}{FAINT}{line}{FAINT:#}"),
        }));
        self.end_block();
    }

    fn rule(&mut self) {
        self.flush();
        let rule = "─".repeat(self.page.room().min(LONGEST_RULE));
        self.page.block([format!("{FAINT}{rule}{FAINT:#}")]);
        self.end_block();
    }

    fn start_link(&mut self, address: String) {
        self.links.push((self.inline.text().len(), address));
        self.styles.push(self.style().underline());
    }

    fn end_link(&mut self) {
        self.styles.pop();
        let Some((start, address)) = self.links.pop() else {
            return;
        };
        let text = self.inline.text().get(start..).unwrap_or_default();
        if !address.is_empty() && address.strip_prefix("mailto:").unwrap_or(&address) != text {
            self.inline.push(&format!(" ({address})"), self.style().dimmed());
        }
    }

    fn start_row(&mut self, style: Style) {
        self.styles.push(style);
        if let Some(grid) = &mut self.grid {
            grid.start_row();
        }
    }

    fn end_cell(&mut self) {
        let cell = std::mem::take(&mut self.inline);
        if let Some(grid) = &mut self.grid {
            grid.push_cell(cell);
        }
    }

    fn end_table(&mut self) {
        if let Some(grid) = self.grid.take() {
            self.page.block(grid.lines(self.page.room()));
        }
        self.end_block();
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use insta::assert_snapshot;

    use super::*;
    use crate::ui::visible;

    fn shown(markdown: &str, width: usize) -> String {
        visible(&render(markdown, width))
    }

    const CHECKPOINT: &str = "\
# Parse headers\r
Setext too\r
---\r
\r
The parser reads *every* header **before** the body, with `read_header()` and\r
[the RFC](https://example.org/rfc), see <https://example.org>.\r
\r
## Progress\r
- [x] reader, with its own buffer\r
- [ ] writer\r
  1. [ ] nested item that is long enough to be wrapped\r
- [~] index\r
- plain\r
\r
1. First, a step with **details** that wrap\r
\r
   and a second paragraph\r
2. Second\r
   - with a bullet\r
\r
> Quoted words that go on for more than a line.\r
>\r
> - and a list\r
\r
```rust\r
fn main() {\r
\r
\tprintln!(\"a very long line of code that nobody wraps\");\r
}\r
```\r
\r
| File | State | Lines |\r
|:-----|:-----:|------:|\r
| `src/a.rs` | done | 1 |\r
| src/parser/header.rs | in progress | 1234 |\r
\r
***\r
<!-- a comment -->\r
";

    #[test]
    fn a_checkpoint_reads_well_at_forty_columns() {
        assert_snapshot!(shown(CHECKPOINT, 40), @r#"
        ‹b›‹u›Parse headers‹/›

        ‹b›Setext too‹/›

        The parser reads ‹i›every‹/› header ‹b›before‹/› the
        body, with ‹cyan›read_header()‹/› and ‹u›the RFC‹/›
        ‹dim›(https://example.org/rfc)‹/›, see
        ‹u›https://example.org‹/›.

        ‹b›Progress‹/›

        ☑ reader, with its own buffer
        ☐ writer
          1. ☐ nested item that is long enough
               to be wrapped
        ◐ index
        • plain

        1. First, a step with ‹b›details‹/› that wrap

           and a second paragraph

        2. Second
           • with a bullet

        ‹dim›│‹/› Quoted words that go on for more than
        ‹dim›│‹/› a line.
        ‹dim›│‹/›
        ‹dim›│‹/› • and a list

            ‹dim›fn main() {‹/›

            ‹dim›	println!("a very long line of code that nobody wraps");‹/›
            ‹dim›}‹/›

        ‹b›File‹/›                     ‹b›State‹/›     ‹b›Lines‹/›
        ‹dim›────────────────────‹/›  ‹dim›───────────‹/›  ‹dim›─────‹/›
        ‹cyan›src/a.rs‹/›                 done          1
        src/parser/header.rs  in progress   1234

        ‹dim›────────────────────────────────────────‹/›

        ‹dim›<!-- a comment -->‹/›
        "#);
    }

    #[test]
    fn a_loose_list_keeps_its_blank_lines_and_a_tight_one_has_none() {
        assert_snapshot!(shown("- a\n- b\n  ```\n  code\n  ```\n- c\n\ntext\n\n* a\n\n* b\n\n  > q\n* c", 40), @"
        • a
        • b
              ‹dim›code‹/›
        • c

        text

        • a

        • b

          ‹dim›│‹/› q

        • c
        ");
    }

    #[test]
    fn containers_nest() {
        assert_snapshot!(shown("> > two\n> - item\n>   > in item\n\n- > quote\n  > more\n-\n- 1. a\n  2. b", 40), @"
        ‹dim›│‹/› ‹dim›│‹/› two
        ‹dim›│‹/›
        ‹dim›│‹/› • item
        ‹dim›│‹/›   ‹dim›│‹/› in item

        • ‹dim›│‹/› quote more
        •
        • 1. a
          2. b
        ");
    }

    #[test]
    fn words_longer_than_the_width_stay_whole() {
        assert_snapshot!(shown("see src/a/very/long/path/to/somewhere.rs there  \nhard break", 20), @"
        see
        src/a/very/long/path/to/somewhere.rs
        there
        hard break
        ");
    }

    #[test]
    fn links_show_where_they_lead_when_they_do_not_say_so() {
        assert_snapshot!(shown("[a `b`](u) <me@example.org> ![alt](i.png) [](e) [x](x)", 80), @"‹u›a ‹/›‹u›‹cyan›b‹/›‹dim› (u)‹/› ‹u›me@example.org‹/› ‹u›alt‹/›‹dim› (i.png) (e)‹/› ‹u›x‹/›");
    }

    #[test]
    fn a_table_shares_the_width_among_its_columns() {
        let table = "|id|what|\n|-|-|\n|1|some words that take more than there is|\n|2|a/path/longer/than/that|";
        assert_snapshot!(shown(table, 26), @"
        ‹b›id‹/›  ‹b›what‹/›
        ‹dim›──‹/›  ‹dim›──────────────────────‹/›
        1   some words that take
            more than there is
        2   a/path/longer/than/tha
            t
        ");
        assert_snapshot!(shown(table, 12), @"
        ‹b›id‹/›  ‹b›what‹/›
        ‹dim›──‹/›  ‹dim›────────‹/›
        1   some
            words
            that
            take
            more
            than
            there is
        2   a/path/l
            onger/th
            an/that
        ");
    }

    #[test]
    fn a_table_with_too_many_columns_is_not_aligned() {
        let table = "|a|b|c|d|\n|-|-|-|-|\n|one|two|three|four|";
        assert_eq!(shown(table, 8), "‹b›a‹/›  ‹b›b‹/›  ‹b›c‹/›  ‹b›d‹/›\none  two  three  four\n");
    }

    #[test]
    fn nothing_smuggles_an_escape_through() {
        let hostile = "\x1b]0;t\x07a &#27;[31m `\x1b[2Jc` [l](&#x9b;31m)\n\n\
             ```\n\x1b[Hd\r\x08\n```\n\n|\x1b[1me|\n|-|\n";
        let rendered = render(hostile, 80);
        assert_snapshot!(visible(&rendered), @"
        a [31m ‹cyan›c‹/› ‹u›l‹/›‹dim› ()‹/›

            ‹dim›d‹/›

        ‹b›e‹/›
        ‹dim›─‹/›
        ");
        assert!(!visible(&rendered).contains(|letter: char| letter.is_control() && letter != '\n'));
    }

    #[test]
    fn deep_nesting_leaves_room_for_text() {
        let deep = format!("{} a few words to wrap\n", ">".repeat(100));
        assert_snapshot!(shown(&deep, 16), @"
        ‹dim›│‹/› ‹dim›│‹/› ‹dim›│‹/› ‹dim›│‹/› a few
        ‹dim›│‹/› ‹dim›│‹/› ‹dim›│‹/› ‹dim›│‹/› words to
        ‹dim›│‹/› ‹dim›│‹/› ‹dim›│‹/› ‹dim›│‹/› wrap
        ");
    }

    /// What would show as quadratic time: each document has a million bytes, in one construct or deep in one.
    #[test]
    fn hostile_documents_take_linear_time() {
        const SIZE: usize = 1_000_000;
        let documents = [
            "word ".repeat(SIZE / 5),
            "x".repeat(SIZE),
            ">".repeat(SIZE / 2) + &"\nw w w w ".repeat(SIZE / 18),
            "- ".repeat(SIZE / 2),
            "* a\n".repeat(SIZE / 4),
            "*".repeat(SIZE),
            "[".repeat(SIZE),
            "[a](".repeat(SIZE / 4),
            "`` ` ".repeat(SIZE / 5),
            "|a|b|\n|-|-|\n".to_owned() + &"|c|d|\n".repeat(SIZE / 6),
            "|a".repeat(1000) + "\n" + &"|-".repeat(1000) + "\n" + &"|x\n".repeat(SIZE / 3),
            format!("|a|\n|-|\n|{}|\n", "x".repeat(SIZE / 2)) + &"|c|\n".repeat(SIZE / 8),
            "|a".repeat(1000) + "\n" + &"|-".repeat(1000) + "\n|" + &"x".repeat(SIZE / 2),
            "|a".repeat(30) + "\n" + &"|-".repeat(30) + "\n|" + &"x ".repeat(SIZE / 4),
            "\x1b]".repeat(SIZE / 2),
            "\u{9d}a".repeat(SIZE / 3),
            "<a ".repeat(SIZE / 3),
        ];
        for document in documents {
            let start = Instant::now();
            let rendered = render(&document, 80);
            let taken = start.elapsed();
            assert!(taken.as_secs() < 5, "{taken:?} for {:?}", &document[..20]);
            assert!(
                rendered.len() < 100 * SIZE,
                "{} bytes for {:?}",
                rendered.len(),
                &document[..20]
            );
        }
    }
}
