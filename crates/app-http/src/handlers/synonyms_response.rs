use domain::use_cases::SynonymsInUse;
use serde::Serialize;
use utoipa::ToSchema;

/// Words and phrases that the search takes for each other.
#[derive(Serialize, ToSchema)]
#[schema(as = Synonyms)]
pub(crate) struct SynonymsResponse {
    /// Each group's members mean the same.
    #[schema(example = json!([["refund", "money back"], ["log in", "sign in"]]))]
    groups: Vec<Vec<String>>,
    /// Whether they came with the program, since nobody set others.
    built_in: bool,
}

impl From<SynonymsInUse> for SynonymsResponse {
    fn from(used: SynonymsInUse) -> Self {
        Self {
            groups: used.synonyms.into_groups(),
            built_in: used.built_in,
        }
    }
}
