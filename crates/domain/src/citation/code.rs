/// Follows where in a Markdown text code stands (`CommonMark`, sections 4.5 and 6.1).
///
/// What opens a span or a block counts as code until it is closed, a span to the end of its
/// paragraph at most: a text that is being written does not tell what will come.
#[derive(Debug)]
pub(super) struct CodeTracker {
    /// A fence's character and length, while a block is open.
    fence: Option<(char, usize)>,
    /// How many backticks opened a span, while one is open.
    span: Option<usize>,
    /// The run of fence characters that is being written, and whether it began its line.
    run: Option<Run>,
    /// Whether the line has only blanks so far.
    is_blank: bool,
    is_escaped: bool,
    /// A fence closes only when nothing but blanks follows it.
    closing: bool,
}

#[derive(Clone, Copy, Debug)]
struct Run {
    character: char,
    length: usize,
    begins_line: bool,
}

impl Default for CodeTracker {
    fn default() -> Self {
        Self {
            fence: None,
            span: None,
            run: None,
            is_blank: true,
            is_escaped: false,
            closing: false,
        }
    }
}

impl CodeTracker {
    /// The length from which a run is a fence.
    const FENCE: usize = 3;

    /// Takes the next character and says whether it is code, or may be.
    pub(super) fn take(&mut self, character: char) -> bool {
        match &mut self.run {
            Some(run) if run.character == character => run.length += 1,
            Some(run) => {
                let run = *run;
                self.run = None;
                self.end_run(run);
                self.begin(character);
            }
            None => self.begin(character),
        }
        self.fence.is_some() || self.span.is_some()
    }

    fn begin(&mut self, character: char) {
        let is_escaped = std::mem::take(&mut self.is_escaped);
        match character {
            '\n' => self.end_line(),
            ' ' | '\t' | '\r' => {}
            _ => {
                self.closing = false;
                if matches!(character, '`' | '~') && !is_escaped {
                    self.run = Some(Run {
                        character,
                        length: 1,
                        begins_line: self.is_blank,
                    });
                }
                self.is_escaped = character == '\\' && !is_escaped && self.span.is_none();
                self.is_blank = false;
            }
        }
    }

    fn end_line(&mut self) {
        if std::mem::take(&mut self.closing) {
            self.fence = None;
        }
        // A blank line ends the paragraph, and with it a span that nobody closed.
        if self.is_blank {
            self.span = None;
        }
        self.is_blank = true;
    }

    fn end_run(&mut self, run: Run) {
        let is_fence = run.begins_line && run.length >= Self::FENCE;
        match (self.fence, self.span) {
            (Some((character, length)), _) => {
                self.closing = is_fence && run.character == character && run.length >= length;
            }
            (None, Some(length)) if run.character == '`' && run.length == length => {
                self.span = None;
            }
            (None, None) if is_fence => self.fence = Some((run.character, run.length)),
            (None, None) if run.character == '`' => self.span = Some(run.length),
            (None, _) => {}
        }
    }
}
