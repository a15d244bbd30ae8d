mod corrections;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use domain::article::{Article, Passage, Synonyms};
use domain::ports::BoxError;
use tantivy::directory::RamDirectory;
use tantivy::index::SegmentReader;
use tantivy::postings::Postings as _;
use tantivy::schema::{
    Field, IndexRecordOption, Schema, SchemaBuilder, TextFieldIndexing, TextOptions,
};
use tantivy::tokenizer::{PreTokenizedString, Token};
use tantivy::{DocSet as _, Index as TantivyIndex, TERMINATED, TantivyDocument, Term};

pub(crate) use self::corrections::Correction;
use crate::analyzer::{Analyzer, Word};
use crate::concepts::Concepts;
use crate::language::SearchLanguage;
use crate::spelling::sound;

/// Memory for building, given back afterwards.
const BUILDING: usize = 16 * 1024 * 1024;
/// How much text is kept at most, in bytes. Articles beyond it are not found.
const MAX_TEXT: usize = 64 * 1024 * 1024;
/// How much a word of the title or heading counts against one of the text.
const TITLE: f64 = 2.0;
const HEADING: f64 = 2.0;
/// All passages, with their words.
pub(crate) struct Index {
    pub(crate) analyzer: Analyzer,
    pub(crate) concepts: Concepts,
    passages: Vec<Passage>,
    lengths: Vec<f64>,
    mean_length: f64,
    fields: Fields,
    segment: Option<SegmentReader>,
    /// The words of articles and synonyms by how they sound; none where that is not known.
    sounds: BTreeMap<String, BTreeSet<String>>,
}

#[derive(Clone, Copy)]
struct Fields {
    title: Field,
    heading: Field,
    text: Field,
    /// Words as they are written and their stems, to correct others by.
    spelling: Field,
}

/// How a passage holds a term.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Held {
    /// How often, words of titles and headings counted for more.
    pub(crate) count: f64,
    /// Whether in its title or heading: what it is about.
    pub(crate) is_subject: bool,
}

impl Index {
    /// Makes the index. It takes a while and no input or output.
    pub(crate) fn build(
        articles: &[Article],
        synonyms: &Synonyms,
        language: SearchLanguage,
    ) -> Result<Self, BoxError> {
        let analyzer = Analyzer::new(language);
        let concepts = Concepts::new(synonyms, &analyzer);
        let (schema, fields) = schema();
        let mut writer = TantivyIndex::builder()
            .schema(schema)
            .single_segment_index_writer::<TantivyDocument>(RamDirectory::create(), BUILDING)?;
        let mut passages = Vec::new();
        let mut lengths = Vec::new();
        let mut size = 0;
        let mut spellings: BTreeSet<String> = concepts.spellings().map(str::to_owned).collect();
        for passage in articles.iter().flat_map(Article::passages) {
            size += passage.text.len();
            if size > MAX_TEXT {
                tracing::error!(
                    "there are more than {} MiB of help articles: passages from \"{}\" on are not \
                     found",
                    MAX_TEXT / 1024 / 1024,
                    passage.title
                );
                break;
            }
            let heading = passage.heading.as_deref().unwrap_or_default();
            let mut document = TantivyDocument::default();
            for (field, text) in [
                (fields.title, passage.title.as_str()),
                (fields.heading, heading),
                (fields.text, &passage.text),
            ] {
                let words = analyzer.words(text);
                if field == fields.text {
                    lengths.push(float(words.iter().filter(|word| !word.is_stopped).count()));
                }
                spellings.extend(words.iter().map(|word| word.plain.clone()));
                // "refund" is known, too, where articles have "refunds" only.
                let spelling = words
                    .iter()
                    .flat_map(|word| [word.plain.clone(), word.stem.clone()]);
                document.add_pre_tokenized_text(fields.spelling, tokens(spelling));
                let terms = terms(&words, &concepts);
                document.add_pre_tokenized_text(field, tokens(terms));
            }
            writer.add_document(document)?;
            passages.push(passage);
        }
        let index = writer.finalize()?;
        let segment = match index.searchable_segments()?.first() {
            Some(segment) => Some(SegmentReader::open(segment)?),
            None => None,
        };
        let total: f64 = lengths.iter().sum();
        Ok(Self {
            mean_length: (total / float(lengths.len())).max(1.0),
            analyzer,
            concepts,
            passages,
            lengths,
            fields,
            segment,
            sounds: if language == SearchLanguage::ENGLISH {
                by_sound(spellings)
            } else {
                BTreeMap::new()
            },
        })
    }

    /// How many passages there are.
    pub(crate) fn size(&self) -> f64 {
        float(self.passages.len())
    }

    pub(crate) fn passage(&self, number: u32) -> Option<&Passage> {
        self.passages.get(usize::try_from(number).ok()?)
    }

    /// The length of a passage against the mean.
    pub(crate) fn relative_length(&self, number: u32) -> f64 {
        let length = usize::try_from(number)
            .ok()
            .and_then(|n| self.lengths.get(n));
        length.copied().unwrap_or(self.mean_length) / self.mean_length
    }

    /// The passages that hold a term.
    pub(crate) fn holding(&self, term: &str) -> Result<HashMap<u32, Held>, BoxError> {
        let mut holding: HashMap<u32, Held> = HashMap::new();
        let Some(segment) = &self.segment else {
            return Ok(holding);
        };
        for (field, each, is_subject) in [
            (self.fields.title, TITLE, true),
            (self.fields.heading, HEADING, true),
            (self.fields.text, 1.0, false),
        ] {
            let term = Term::from_field_text(field, term);
            let inverted = segment.inverted_index(field)?;
            let Some(mut postings) = inverted.read_postings(&term, IndexRecordOption::WithFreqs)?
            else {
                continue;
            };
            while postings.doc() != TERMINATED {
                let held = holding.entry(postings.doc()).or_default();
                held.count += each * f64::from(postings.term_freq());
                held.is_subject |= is_subject;
                postings.advance();
            }
        }
        Ok(holding)
    }
}

fn schema() -> (Schema, Fields) {
    let mut schema = SchemaBuilder::new();
    let mut field = |name, record| {
        let indexing = TextFieldIndexing::default()
            .set_index_option(record)
            .set_fieldnorms(false);
        schema.add_text_field(name, TextOptions::default().set_indexing_options(indexing))
    };
    let fields = Fields {
        title: field("title", IndexRecordOption::WithFreqs),
        heading: field("heading", IndexRecordOption::WithFreqs),
        text: field("text", IndexRecordOption::WithFreqs),
        spelling: field("spelling", IndexRecordOption::Basic),
    };
    (schema.build(), fields)
}

/// The stems of the words that tell something, and the concepts that stand there.
fn terms(words: &[Word], concepts: &Concepts) -> Vec<String> {
    let told = words.iter().filter(|word| !word.is_stopped);
    let stems = told.map(|word| word.stem.clone());
    let mentions = concepts.mentions(words).into_iter();
    stems.chain(mentions.map(|mention| mention.term)).collect()
}

fn by_sound(spellings: BTreeSet<String>) -> BTreeMap<String, BTreeSet<String>> {
    let mut sounds: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for spelling in spellings {
        sounds.entry(sound(&spelling)).or_default().insert(spelling);
    }
    sounds
}

fn tokens(texts: impl IntoIterator<Item = String>) -> PreTokenizedString {
    let tokens = texts.into_iter().enumerate().map(|(position, text)| Token {
        position,
        text,
        ..Token::default()
    });
    PreTokenizedString {
        text: String::new(),
        tokens: tokens.collect(),
    }
}

/// Counts are small enough to be exact.
pub(crate) fn float(count: usize) -> f64 {
    u32::try_from(count).map_or(f64::MAX, f64::from)
}
